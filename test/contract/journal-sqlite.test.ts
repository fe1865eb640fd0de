import { journalContract } from './journal.ts';
import { sqliteBench } from './journal-sqlite.ts';

journalContract('SQLite', sqliteBench);
