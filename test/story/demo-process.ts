// Started by demo-ssh.test.ts as a process of its own, to be killed: node demo-process.ts DATA_FOLDER
import { startDemo } from '../../src/demo/demo.ts';

await startDemo({ dataFolder: process.argv[2] ?? '', log: () => undefined });
process.stdout.write('ready\n');
// Ends with the test, however that ends.
process.stdin.on('end', () => process.exit(1)).resume();
