/** A sign-in link as it is stored; the token itself is known only to whom it was shown. */
export interface SignInLink {
  /** SHA-256 of the token, base64url. */
  readonly tokenHash: string;
  /** Person key. */
  readonly person: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** SHA-256 of the mark of the browser that used it first; absent until then. */
  readonly usedBy?: string;
  /** Epoch milliseconds of the first use. */
  readonly usedAt?: number;
}

/** Somebody signed in with one browser. Times are epoch milliseconds. */
export interface Session {
  /** SHA-256 of the cookie's token, base64url. */
  readonly tokenHash: string;
  readonly person: string;
  readonly createdAt: number;
  /** When it was last used, to within a few minutes. */
  readonly seenAt: number;
}

/** First use of a link by a browser. */
export interface LinkClaim {
  readonly tokenHash: string;
  readonly usedBy: string;
  readonly usedAt: number;
}

/** Where links and sessions live across restarts. Methods reject only when the store is broken. */
export interface SessionStore {
  saveLink(link: SignInLink): Promise<void>;
  /** Sets `usedBy` and `usedAt` if nobody has (compare and set), and gives the link as it then stands. */
  claimLink(claim: LinkClaim): Promise<SignInLink | undefined>;
  saveSession(session: Session): Promise<void>;
  session(tokenHash: string): Promise<Session | undefined>;
  touchSession(tokenHash: string, seenAt: number): Promise<void>;
  endSession(tokenHash: string): Promise<void>;
  /** Ends every session and unused link of a person; returns how many sessions ended. */
  endSessionsOf(person: string): Promise<number>;
}
