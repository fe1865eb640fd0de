import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A certificate with its key, as PEM text and as files. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly certPath: string;
  readonly keyPath: string;
}

/** What a certificate is to be like; days count from now and may be negative. */
export interface Wanted {
  readonly names: string;
  readonly fromDays: number;
  readonly toDays: number;
}

/** A small authority made with openssl, for chosen dates and names. */
export interface Authority {
  readonly certPath: string;
  readonly cert: string;
  issue(name: string, wanted: Wanted): Promise<Issued>;
  /** A certificate that vouches for itself. */
  selfSigned(name: string): Promise<Issued>;
  remove(): Promise<void>;
}

const CONFIG = `
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
`;

/** `20261120094613Z`, so many days from now; the minute before and after leave room for a slow machine. */
const openSslTime = (days: number): string =>
  `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '')}`;

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority in a folder of its own (0.1 s). */
export async function makeAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'ca-'));
  const openssl = (...args: readonly string[]) => execa('openssl', args, { cwd: folder, stdin: 'ignore' });
  await writeFile(join(folder, 'ca.cnf'), CONFIG);
  await writeFile(join(folder, 'index.txt'), '');
  await writeFile(join(folder, 'serial'), '1000\n');
  const self = ['req', '-x509', '-days', '30', ...NEW_KEY];
  await openssl(...self, '-subj', '/O=Botswain test/CN=Test CA', '-keyout', 'ca.key', '-out', 'ca.pem');
  const issued = async (name: string): Promise<Issued> => ({
    cert: await readFile(join(folder, `${name}.pem`), 'utf8'),
    key: await readFile(join(folder, `${name}.key`), 'utf8'),
    certPath: join(folder, `${name}.pem`),
    keyPath: join(folder, `${name}.key`),
  });
  return {
    certPath: join(folder, 'ca.pem'),
    cert: await readFile(join(folder, 'ca.pem'), 'utf8'),
    async issue(name, wanted) {
      await writeFile(join(folder, `${name}.ext`), `subjectAltName=${wanted.names}\n`);
      await openssl(
        'req',
        '-new',
        ...NEW_KEY,
        '-subj',
        `/CN=${name}`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.csr`,
      );
      const dates = ['-startdate', openSslTime(wanted.fromDays), '-enddate', openSslTime(wanted.toDays)];
      const files = [
        '-cert',
        'ca.pem',
        '-keyfile',
        'ca.key',
        '-extfile',
        `${name}.ext`,
        '-in',
        `${name}.csr`,
        '-out',
        `${name}.pem`,
      ];
      await openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', ...dates, ...files);
      return issued(name);
    },
    async selfSigned(name) {
      const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      await openssl(
        ...self,
        '-subj',
        `/CN=${name}`,
        ...names,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
      );
      return issued(name);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
