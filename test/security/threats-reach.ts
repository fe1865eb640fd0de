import { proofs, type Threat } from './threat.ts';

/** How targets are reached, and what we may do there. */
export const REACH_THREATS: readonly Threat[] = [
  {
    threat: 'SSH MITM',
    controls: [
      {
        file: 'src/executors/ssh/host-key.ts',
        does: 'a host key must be pinned or known before anything is sent; nothing is trusted at first sight',
      },
      {
        file: 'src/executors/ssh/known-hosts.ts',
        does: 'reads known_hosts as OpenSSH does: hashed names, ports, @revoked',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/known-hosts.test.ts',
        '%s: trusts whom OpenSSH trusts, plain and hashed by ssh-keygen -H',
        'a hashed revocation counts, and a hashed name of another host does not',
      ),
      ...proofs(
        'test/contract/executor-ssh-host-key.test.ts',
        'refuses another key than the pinned one before any credential is sent, and shows both',
        'refuses a host that nothing pins, and says the line that would',
        'says of a certificate authority that it cannot be checked',
      ),
      ...proofs(
        'test/fault/ssh-host-key.test.ts',
        'another host in the place of one that was known: a change that was planned fails, nothing is sent, all are told once',
      ),
    ],
    otherwise:
      'host certificates are refused in words, because ssh2 cannot check them: pin the key instead. No command adds a host: whoever may write the settings pins its key, and the refusal says the line',
  },
  {
    threat: 'Key theft',
    controls: [
      {
        file: 'config/secrets.ts',
        does: 'keys come from a file or a variable, stay in memory, and a file others may read is said at every start',
      },
      {
        file: 'src/executors/ssh/connect.ts',
        does: 'asks for no forwarding of an agent, a display or a port',
      },
      { file: 'src/executors/ssh/credentials.ts', does: 'takes passphrases and agents' },
    ],
    proofs: [
      ...proofs(
        'test/security/keys.test.ts',
        'mode %o: said at every start, with the mend: %s',
        'log in and go no further: the host sees no agent, whatever it allows',
        'nothing in the program asks for a forwarding of keys, of a display, or of its own variables',
        'may be read by nobody else: the folder of the data and all in it',
      ),
      ...proofs('test/contract/executor-ssh-login.test.ts', 'may have a passphrase'),
    ],
    otherwise:
      'a key file that others may read is a warning and no refusal: secrets mounted into containers are 0444 more often than not. SSH certificates cannot be used for logging in yet. Nothing of ours encrypts keys at rest: a passphrase, an agent, or the secret store that mounts them does',
  },
  {
    threat: 'Over-privilege on host',
    controls: [
      {
        file: 'src/executors/ssh/gate.ts',
        does: 'the forced command: runs what is in its list, word by word, and looks at no command line',
      },
      {
        file: 'src/doctor/gate.ts',
        does: 'makes that list from the settings, with the line of authorized_keys',
      },
      {
        file: 'src/doctor/sudoers-file.ts',
        does: 'sudoers with full paths, folders, NOEXEC and no wildcards, for exactly those commands',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/gate.test.ts',
        'lets the whole bot work, with the generated sudoers alone: restarts, status, logs, checks',
        'refuses %s, and nothing runs',
        'looks at no command line: %s',
        'opens no terminal, no files, no tunnel, no agent',
      ),
      ...proofs(
        'test/security/gate-shells.test.ts',
        `lets its list through and nothing else, and ends what nobody waits for: \${shell}`,
      ),
      ...proofs(
        'test/security/gate-fuzz.test.ts',
        'runs nothing but what is in its list, whatever is sent to it',
      ),
      ...proofs(
        'test/security/sudoers.test.ts',
        'are taken by visudo, name full paths, folders and NOEXEC, and hold no wildcard',
        'are enough: a unit and a compose service restart, their state and logs are read',
        'bind compose to the folder of the project, whatever folder it is called in',
      ),
    ],
  },
  {
    threat: 'Docker socket',
    controls: [
      {
        file: 'src/domain/call.ts',
        does: 'five operations on a named container; exec, create and build cannot be said',
      },
      { file: 'src/executors/docker/engine-api.ts', does: 'a name cannot become another path of the API' },
      {
        file: 'src/executors/ssh/gate.ts',
        does: 'compose over SSH needs no socket; a stream to the engine must be asked for in the settings',
      },
    ],
    proofs: [
      ...proofs(
        'test/security/docker-api.test.ts',
        'are five on one container, and what tells about the engine',
      ),
      ...proofs(
        'test/contract/docker-executor.test.ts',
        'refuses a name that would be another path of the API',
        'reads a container without its environment variables',
      ),
      ...proofs('test/security/sudoers.test.ts', 'refuse sudo %s'),
    ],
    otherwise:
      'no filtering proxy of our own: where the socket itself is given, the holder of our process has the engine',
  },
  {
    threat: 'K8s',
    controls: [
      { file: 'src/components/kubernetes.ts', does: 'declared only: there is no step and no read in it' },
    ],
    proofs: proofs(
      'test/security/not-built.test.ts',
      'a component in a cluster is only declared: nothing is sent there, and the refusal says why',
    ),
    notYet: 'there is no executor for Kubernetes yet; accounts and verbs a namespace come with it',
  },
  {
    threat: 'SSRF',
    controls: [
      {
        file: 'src/domain/address.ts',
        does: 'a name is looked up once and may not lead to cloud metadata, to nobody, or from outside to this machine',
      },
      {
        file: 'src/checks/http.ts',
        does: 'addresses come from the settings; no redirect is followed; size and time are bounded',
      },
      { file: 'src/executors/http.ts', does: 'the same, and only to the origin of the target' },
      {
        file: 'src/intake/sns-signature.ts',
        does: 'the certificate and the confirmation that a message of SNS names are fetched from SNS itself only, and no redirect is followed',
      },
      {
        file: 'src/status-page/statuspage-calls.ts',
        does: 'asks the page of the settings; no redirect is followed',
      },
      { file: 'src/paging/webhook.ts', does: 'http(s) from the settings; no redirect is followed' },
    ],
    proofs: [
      ...proofs(
        'test/security/addresses.test.ts',
        'is refused by every check and by the executor: %s',
        'do not go where a redirect points',
        'is asked once, and what may not be is left out before anything connects',
      ),
      ...proofs(
        'test/contract/http-executor.test.ts',
        'does not follow redirects and keeps head and tail of a long answer',
        'refuses to go anywhere else, and without its secret',
      ),
      ...proofs('test/contract/sns-door.test.ts', 'never fetches an address of another host'),
      ...proofs('test/unit/intake/sns.test.ts', 'a certificate comes from SNS itself or from nowhere'),
      ...proofs('test/contract/paging-webhook.test.ts', 'goes nowhere but the web: %s'),
    ],
    otherwise:
      'private networks are allowed to what the operator wrote into the settings: the fleet lives there',
    notYet:
      'where the names of paging webhooks, of dead_man and of GitHub lead is not looked at; GitHub is followed where it redirects',
  },
];
