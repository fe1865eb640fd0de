import { connected } from './slack-rig.ts';

/** Run as a process of its own by slack-exit.test.ts: after stop nothing may hold it. */
const [, , how] = process.argv;
const rig = await connected();
if (how === 'mid-reconnect') {
  rig.slack.faults.script({ kind: 'late', ms: 200, method: 'apps.connections.open', times: 2 });
  rig.slack.sockets.cut();
}
if (how === 'renewing') rig.slack.sockets.disconnect('warning');
await rig.stop();
console.log('stopped');
