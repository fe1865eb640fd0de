import { proofs, type Threat } from './threat.ts';

/** Who calls: the chats and the people in them. */
export const PEOPLE_THREATS: readonly Threat[] = [
  {
    threat: 'Forged/replayed Slack call',
    controls: [
      {
        file: 'src/chat/slack/slack-signature.ts',
        does: 'HMAC over the raw body, compared in constant time, at most 300 s old',
      },
      { file: 'src/chat/slack/slack-webhook.ts', does: 'a signature is taken once' },
      { file: 'src/store/inbox.ts', does: 'an id is taken in once, also after a restart' },
      { file: 'src/chat/slack/slack-sockets.ts', does: 'Socket Mode: no port that could be called' },
    ],
    proofs: [
      ...proofs(
        'test/contract/slack-http-refusals.test.ts',
        'is refused: %s',
        'is refused when it comes a second time, and once is what is done',
        'has the same id after a restart, so that the inbox refuses it',
      ),
      ...proofs(
        'test/fault/chat-replay.test.ts',
        '%s: refused',
        'after a restart, which forgets the signatures: nothing is done a second time',
      ),
      ...proofs(
        'test/fault/chat-redelivery.test.ts',
        'three times more, at once and after it was done: one change',
      ),
    ],
  },
  {
    threat: 'Wrong workspace/guest/bot user',
    controls: [
      {
        file: 'src/chat/slack/slack-people.ts',
        does: 'who an account is: person, guest, stranger or bot, by team and user',
      },
      {
        file: 'src/dispatch/dispatch.ts',
        does: 'refuses guests, bots, strangers and other channels before anything else',
      },
      { file: 'src/chat/slack/slack-webhook.ts', does: 'refuses what is meant for another app' },
      { file: 'src/workflow/decide.ts', does: 'takes no approval of a guest or of another workspace' },
      {
        file: 'src/dispatch/only-members.ts',
        does: 'lets no guest link an account or sign in, where they would count as members',
      },
    ],
    proofs: [
      ...proofs(
        'test/story/bad-input.test.ts',
        '$who is refused privately',
        'a bot that mentions us is refused and nothing runs',
      ),
      ...proofs(
        'test/story/who-counts.test.ts',
        'a guest counts where the configuration names that very account',
        'no guest and nobody of another workspace approves, named or not; each is told why, alone',
      ),
      ...proofs(
        'test/contract/slack-http.test.ts',
        'a command for another app is refused, and somebody of another workspace is a stranger',
      ),
    ],
  },
  {
    threat: 'Telegram',
    controls: [
      { file: 'src/chat/telegram/telegram-webhook.ts', does: 'compares the secret token in constant time' },
      {
        file: 'src/chat/telegram/telegram-people.ts',
        does: 'knows people by numeric id only; forwards, channels and anonymous admins are nobody',
      },
      {
        file: 'src/chat/telegram/telegram-presses.ts',
        does: 'a button carries a random id; what it does stands here',
      },
    ],
    proofs: [
      ...proofs(
        'test/contract/telegram-webhook-callers.test.ts',
        'with %s: refused in words that tell nothing, and nothing is done',
      ),
      ...proofs(
        'test/fault/chat-replay.test.ts',
        'Telegram: another line under an update id that came before does nothing',
      ),
      ...proofs(
        'test/security/identity.test.ts',
        'comes from the numeric id on Telegram, not from a name or a user name',
      ),
    ],
  },
  {
    threat: 'Forged alert',
    controls: [
      {
        file: 'src/web/alert-door.ts',
        does: 'a token or a login of that integration, compared in constant time, before the body is read; without either only this machine',
      },
      {
        file: 'src/intake/source.ts',
        does: 'a signature is made anew over the raw bytes, within its time where that is signed; an event id counts once',
      },
      {
        file: 'src/incidents/incident-actions.ts',
        does: 'an alert presses nothing: buttons come from our rules and types of line, never from its texts',
      },
      {
        file: 'src/intake/reading/links.ts',
        does: 'only addresses of http and https are kept, without a name and password in them',
      },
    ],
    proofs: [
      ...proofs(
        'test/contract/alerts-web.test.ts',
        '/alerts/%s',
        'nothing of what authenticates is in the journal',
      ),
      ...proofs(
        'test/contract/alert-doors.test.ts',
        'let in whom it names, and nobody where a secret cannot be had',
      ),
      ...proofs(
        'test/contract/sources.test.ts',
        'by one of two secrets, while one is replaced: yes',
        'one bit of the body is another: no',
        'an hour ago, or in an hour: no',
      ),
      ...proofs(
        'test/contract/sns-door.test.ts',
        'refuses what was altered, what is no message, and everything where no topic is named',
      ),
      ...proofs(
        'test/contract/heartbeats-web.test.ts',
        'lets nobody in without the token, wherever it stands',
      ),
      ...proofs('test/contract/journal-alerts.ts', 'an event id counts once for each integration'),
      ...proofs(
        'test/security/alert-texts.test.ts',
        'starts nothing, silences nothing and names nobody: it is an incident, and its buttons are ours',
        'rings nobody but who is on call and leads to the web only, in both chats and on the console',
      ),
      ...proofs(
        'test/security/not-built.test.ts',
        'an alert from outside changes nothing and starts nothing, and finds no path that nobody configured',
      ),
    ],
    otherwise:
      'a sender may report of every service: nothing in the settings of an integration says which it may name, and a false alert calls people',
  },
  {
    threat: 'Identity in payload',
    controls: [
      {
        file: 'src/workflow/people.ts',
        does: 'the person is found by the authenticated account and by nothing else',
      },
      {
        file: 'src/web/console/writes.ts',
        does: 'the session says who it is; a form that names somebody else is refused',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/identity.test.ts',
        'comes from the platform and from no word of the line',
        'comes from the session on the console, not from a field of a form',
        'stands in the audit as it was',
      ),
      ...proofs(
        'test/security/alert-texts.test.ts',
        'starts nothing, silences nothing and names nobody: it is an incident, and its buttons are ours',
      ),
      ...proofs('test/contract/console-access.test.ts', 'lets a tab of one person never act as another'),
    ],
  },
];
