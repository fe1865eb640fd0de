import { proofs, type Threat } from './threat.ts';

/** What is done on targets, and what they say. */
export const EXECUTION_THREATS: readonly Threat[] = [
  {
    threat: 'Command injection',
    controls: [
      {
        file: 'src/executors/receipt-script.ts',
        does: 'a constant line; every parameter comes on stdin, so no login shell reads one',
      },
      { file: 'src/executors/local.ts', does: 'the same scripts here, without a shell in between' },
      { file: 'src/dispatch/parse-arguments.ts', does: 'a closed schema for every argument of a line' },
    ],
    proofs: [
      ...proofs(
        'test/security/shell-words.test.ts',
        `arrive byte for byte where the login shell is \${shell}`,
      ),
      ...proofs(
        'test/unit/executors/ssh-login-shells.test.ts',
        'hold nothing that any login shell would read in its own way',
      ),
      ...proofs('test/story/answers.test.ts', 'a pattern of shell metacharacters is only ever a pattern'),
      ...proofs('test/story/bad-input.test.ts', '%j is answered with what was wrong and what to do'),
    ],
  },
  {
    threat: 'Option injection',
    controls: [
      {
        file: 'src/components/systemd.ts',
        does: 'a unit is a name; so are containers and compose services in their files',
      },
      {
        file: 'src/domain/subject.ts',
        does: 'people name what is in the configuration; what they type never becomes a word of a call',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/options.test.ts',
        '%s: %s is a name, or it is refused',
        '%s: %s is an absolute path, or it is refused',
        'a host and an account of SSH are none either',
      ),
      ...proofs('test/security/sudoers.test.ts', 'refuse sudo %s'),
    ],
  },
  {
    threat: 'Template injection',
    controls: [
      {
        file: 'config/expand.ts',
        does: `\${target.variable} is put in once, as text, into the value that names it`,
      },
    ],
    proofs: proofs(
      'test/security/templates.test.ts',
      'a variable is put in once, as it is, into the one place that names it: %s',
      'nothing evaluates text: no engine, no eval, no program run by a shell',
    ),
  },
  {
    threat: 'Output injection',
    controls: [
      {
        file: 'src/chat/slack/slack-text.ts',
        does: 'escapes & < >, takes out controls, marks of direction and what has no width',
      },
      {
        file: 'src/chat/telegram/telegram-runs.ts',
        does: 'the same for Telegram, and no @name becomes a mention',
      },
      { file: 'src/web/html.ts', does: 'the console escapes every value, whatever it is' },
      { file: 'src/components/text/log-lines.ts', does: 'takes colours out of logs' },
    ],
    proofs: [
      ...proofs(
        'test/security/output.test.ts',
        'rings nobody and links to nothing it does not show, in all that is read as markup',
        'hides nothing, turns nothing about and steers no terminal, in all that was received',
        'asks neither platform to look at links, nor to find names in the text',
      ),
      ...proofs('test/unit/chat/slack-render.test.ts', 'cannot close the code block it stands in'),
      ...proofs(
        'test/unit/chat/telegram-render.test.ts',
        'Telegram takes it, it mentions nobody, and its outputs stay outputs',
      ),
      ...proofs(
        'test/contract/console-access.test.ts',
        'never becomes markup, neither on the page nor in the stream',
      ),
    ],
  },
  {
    threat: 'Secrets in output/logs',
    controls: [
      {
        file: 'src/domain/redaction.ts',
        does: 'known values in every spelling and what looks like a secret, before journal, chat and log',
      },
      { file: 'src/domain/secret-forms.ts', does: 'the spellings of a value' },
      { file: 'src/log.ts', does: 'the log goes through it, too' },
    ],
    proofs: [
      ...proofs('test/security/output.test.ts', 'gives the secret away in none of six encodings'),
      ...proofs('test/story/secrets-everywhere.test.ts', 'are nowhere'),
      ...proofs(
        'test/story/secrets.test.ts',
        'is taken out of logs, outputs, reasons and refusals, in every spelling',
        'is nowhere: not in a call to Slack, not in a file, not in the data folder, not in what was printed',
      ),
      ...proofs(
        'test/unit/domain/redaction.test.ts',
        'never stands in what comes out, whatever surrounds it',
      ),
    ],
  },
];
