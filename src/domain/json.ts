/** What JSON can carry; the only shape that is digested, journaled or audited. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** An object of {@link Json} values. */
export type JsonObject = { readonly [key: string]: Json };
