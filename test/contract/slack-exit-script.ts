import { connected, message, OPERATIONS } from './slack-rig.ts';

/** Run as a process of its own by slack-exit.test.ts: after stop nothing may hold it. */
const [, , how] = process.argv;
const rig = await connected({
  delivery: how === 'over HTTP' ? 'http' : 'socket',
  home: async () => ({ waiting: [], fleet: message('Fleet') }),
});
if (how === 'mid-reconnect') {
  rig.slack.faults.script({ kind: 'late', ms: 200, method: 'apps.connections.open', times: 2 });
  rig.slack.sockets.cut();
}
if (how === 'renewing') rig.slack.sockets.disconnect('warning');
// A home tab that is about to be drawn again must not hold the process either.
await rig.slack.openHome('U0ANA');
await rig.chat.post(OPERATIONS, message('Restart'), 'k');
await rig.stop();
console.log('stopped');
