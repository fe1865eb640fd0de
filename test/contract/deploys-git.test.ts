import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StepDraft } from '../../src/components/component.ts';
import type { Deploy, Drafted } from '../../src/deploys/deploy.ts';
import { gitKind } from '../../src/deploys/git.ts';
import type { CallResult } from '../../src/domain/call.ts';
import { localKind } from '../../src/executors/local.ts';
import { describeWith } from '../rig/rig.ts';
import { git, Repository } from '../story/stage/repository.ts';
import { portsFor } from './executor-ports.ts';
import { had, reach } from './host-read.ts';

let folder: string;
let host: string;
let repository: Repository;
let first: string;
let bot: ReturnType<typeof reach>;
const local = localKind.create(portsFor([]));

const deployWith = (more: object = {}): Deploy => gitKind.bind({ folder: host, ...more });
const wanted = (version?: string) => ({ version, known: [] });
const head = (): Promise<string> => git(host, 'rev-parse', 'HEAD');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'botswain-deploys-'));
  host = join(folder, 'host');
  repository = await Repository.open(folder);
  first = await repository.push('the first one', { 'app.txt': 'one' });
  await repository.checkOut(host);
  const settings = { receipts: join(folder, 'receipts') };
  bot = reach(local, { name: 'here', environment: 'test', kind: 'local', settings });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Carries out steps until one fails; the result of the last. */
async function perform(steps: readonly StepDraft[]): Promise<CallResult | undefined> {
  let last: CallResult | undefined;
  for (const { call, deadlineMs, acceptedCodes } of steps) {
    last = had(await bot.change(call, { deadlineMs }));
    if (!acceptedCodes.includes(last.code)) break;
  }
  return last;
}

async function deployed(version?: string, more: object = {}): Promise<Drafted> {
  const drafted = had(await deployWith(more).deploy(bot.read, wanted(version)));
  expect(await perform(drafted.before)).toMatchObject({ code: 0 });
  return drafted;
}

/** Every file in the checkout and in git's own folder. */
function everything(): string {
  const files = readdirSync(host, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const all = files.map((file) => {
    const path = join(file.parentPath, file.name);
    return `${path} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  });
  return all.toSorted().join('\n');
}

describeWith(['git'], 'a version is found', () => {
  it('as a branch, a tag of either sort, and a commit, long or short', async () => {
    const second = await repository.push('the second one', { 'app.txt': 'two' });
    await repository.tag('v2');
    await git(repository.desk, 'push', '-q', 'origin', 'HEAD~1:refs/tags/v1', 'HEAD~1:refs/heads/old');
    const deploy = deployWith();
    const of = async (version?: string) => had(await deploy.deploy(bot.read, wanted(version))).release.to.id;
    for (const version of [undefined, 'main', 'v2', 'tags/v2', second, second.slice(0, 7)])
      expect(await of(version)).toBe(second);
    for (const version of ['old', 'v1', 'heads/old', first.slice(0, 9)])
      expect(await of(version)).toBe(first);
  });

  it('in full where neither a branch nor a tag ends at it, and comes with the branch', async () => {
    const middle = await repository.push('in the middle', {});
    await repository.push('the last one', {});
    const refusal = await deployWith().deploy(bot.read, wanted(middle.slice(0, 8)));
    expect(refusal).toMatchObject({
      kind: 'failed',
      remedy: expect.stringContaining('all of its characters'),
    });
    await deployed(middle);
    expect(await head()).toBe(middle);
  });

  it('not where a branch and a tag of one name differ', async () => {
    await repository.tag('both');
    await git(repository.desk, 'checkout', '-q', '-b', 'both');
    const other = await repository.push('elsewhere', {});
    const refusal = await deployWith().deploy(bot.read, wanted('both'));
    expect(refusal).toMatchObject({
      message: expect.stringContaining('is a branch'),
      remedy: expect.stringContaining('heads/both or tags/both'),
    });
    await deployed('heads/both');
    expect(await head()).toBe(other);
  });

  it.each(['-x', '--all', 'a b', 'a;b', '$(x)', 'a..b', 'refs@{1}', 'x'.repeat(300), '', 'main\nx'])(
    'not as %j, and the target is not asked',
    async (version) => {
      const read = () => Promise.reject(new Error('it was asked'));
      expect(await deployWith().deploy(read, wanted(version))).toMatchObject({ code: 'INPUT_INVALID_VALUE' });
      expect(await deployWith().rollback(read, wanted(version))).toMatchObject({
        code: 'INPUT_INVALID_VALUE',
      });
    },
  );
});

describeWith(['git'], 'planning', () => {
  it('alters nothing', async () => {
    await repository.push('the second one', { 'app.txt': 'two' });
    const before = everything();
    const deploy = deployWith({ build: [['touch', 'built']] });
    had(await deploy.deploy(bot.read, wanted()));
    had(await deploy.rollback(bot.read, wanted(first)));
    had(await deploy.present(bot.read));
    expect(had(await deploy.behind(bot.read))).toMatch(/^newer exists: main is at /);
    expect(everything()).toBe(before);
  });

  it('shows no login of an address, and asks nobody for a password', async () => {
    await git(host, 'remote', 'set-url', 'origin', 'http://bot:s3cretpass@127.0.0.1:1/bot.git');
    const refusal = await deployWith().deploy(bot.read, wanted());
    expect(refusal).toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:1/bot.git'),
    });
    expect(JSON.stringify(refusal)).not.toContain('s3cretpass');
    const back = had(await deployWith().rollback(bot.read, wanted(first)));
    expect(JSON.stringify(back)).not.toContain('s3cretpass');
    expect(back.facts.remote).toBe('http://127.0.0.1:1/bot.git');
  });

  it('says where there is no checkout', async () => {
    for (const settings of [{ folder: join(folder, 'nowhere') }, { folder: tmpdir() }])
      expect(await deployWith(settings).deploy(bot.read, wanted())).toMatchObject({
        code: 'TARGET_NOT_FOUND',
        message: expect.stringContaining('there is no checkout'),
      });
    expect(await deployWith({ remote: 'upstream' }).deploy(bot.read, wanted())).toMatchObject({
      kind: 'failed',
    });
  });
});

describeWith(['git'], 'the steps', () => {
  it('give every word to programs as it is, and run them in the folder', async () => {
    const words = ['$(touch x)', '; touch y', "it's", '*', ' a  b ', '-n', '\\', 'ä"'];
    await deployed('main', {
      build: [['sh', '-c', 'printf "%s|" "$@" > ../words; pwd >> ../words', 'sh', ...words]],
    });
    expect(readFileSync(join(folder, 'words'), 'utf8')).toBe(`${words.join('|')}|${host}\n`);
    expect(existsSync(join(host, 'x')) || existsSync(join(host, 'y'))).toBe(false);
  });

  it('do nothing where somebody moved the checkout meanwhile, at any step', async () => {
    const second = await repository.push('the second one', {});
    const { before } = had(await deployWith({ build: [['touch', '../built']] }).deploy(bot.read, wanted()));
    await git(host, 'commit', '-q', '--allow-empty', '-m', 'by hand');
    const moved = await head();
    for (const step of before.filter(({ title }) => !title.startsWith('fetch')))
      expect(had(await bot.change(step.call))).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('stands at'),
      });
    expect(await head()).toBe(moved);
    expect(moved).not.toBe(second);
    expect(existsSync(join(folder, 'built'))).toBe(false);
  });

  it('go back to a branch from a commit, and only forward along it', async () => {
    const second = await repository.push('the second one', {});
    await deployed('main');
    const back = had(await deployWith().rollback(bot.read, wanted(first)));
    expect(await perform(back.before)).toMatchObject({ code: 0 });
    expect([await head(), await git(host, 'rev-parse', '--abbrev-ref', 'HEAD')]).toEqual([first, 'HEAD']);
    const third = await repository.push('the third one', {});
    await deployed('main');
    expect([await head(), await git(host, 'rev-parse', '--abbrev-ref', 'HEAD')]).toEqual([third, 'main']);
    expect(await git(host, 'for-each-ref', '--format=%(objectname)', 'refs/botswain/kept')).toContain(second);
  });

  it('stop where the branch was taken back at the remote between the plan and the fetch', async () => {
    const second = await repository.push('the second one', {});
    const { before } = had(await deployWith().deploy(bot.read, wanted()));
    await git(repository.desk, 'reset', '-q', '--hard', 'HEAD~1');
    await git(repository.desk, 'push', '-q', '--force', 'origin', 'HEAD:main');
    await git(repository.bare, 'reflog', 'expire', '--expire=now', '--all');
    await git(repository.bare, 'gc', '-q', '--prune=now');
    expect(await perform(before)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did not come with the fetch'),
    });
    expect(await head()).toBe(first);
    expect(second).not.toBe(first);
  });

  it('stop before a file that git does not know would be written over', async () => {
    await repository.push('with notes', { 'notes.txt': 'theirs' });
    await writeFile(join(host, 'notes.txt'), 'ours');
    const { before } = had(await deployWith().deploy(bot.read, wanted()));
    expect(await perform(before)).toMatchObject({ stderr: expect.stringContaining('notes.txt') });
    expect([await head(), readFileSync(join(host, 'notes.txt'), 'utf8')]).toEqual([first, 'ours']);
  });

  it('keep the newest five, as the journal knows them, and never what is in use', async () => {
    const shas = [first];
    for (const name of ['b', 'c', 'd', 'e', 'f', 'g']) {
      shas.push(await repository.push(name, {}));
      await deployed('main');
    }
    const last = await repository.push('h', {});
    const known = shas.slice(0, 3).map((id) => ({ id, label: id }));
    const { before, after } = had(await deployWith().deploy(bot.read, { version: 'main', known }));
    expect(await perform([...before, ...after])).toMatchObject({ code: 0 });
    const kept = (await git(host, 'for-each-ref', '--format=%(objectname)', 'refs/botswain/kept')).split(
      '\n',
    );
    // The one before is in use as the way back, the three the journal knows come next.
    expect(kept.toSorted()).toEqual([...shas.slice(0, 3), shas[6]].toSorted());
    expect(await head()).toBe(last);
  });
});
