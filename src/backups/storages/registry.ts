import { folderStorage } from './folder.ts';
import { s3Storage } from './s3.ts';
import type { StorageKind } from './storage.ts';

/** Every kind of storage there is. */
export const storageKinds: readonly StorageKind[] = [folderStorage, s3Storage];
