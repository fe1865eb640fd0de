import type { StatusBackendKind } from './status-page.ts';
import { statuspage } from './statuspage.ts';

/** Every kind of page that is not ours. */
export const statusBackendKinds: readonly StatusBackendKind[] = [statuspage];
