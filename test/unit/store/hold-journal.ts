import { incoming } from '../../contract/journal-samples.ts';
import { opened } from '../../contract/journal-sqlite.ts';

// A process that opens the journal in the folder it is given, says so, and holds it until it is killed.
const journal = await opened(process.argv[2] ?? '');
await journal.inbox.accept(incoming('slack:held'), 1);
process.send?.('open');
setInterval(() => {}, 60_000);
