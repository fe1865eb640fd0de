import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGithubShelf } from '../../../src/github/github.ts';
import { draft, entry } from '../../contract/journal-samples.ts';
import { FakeGithub } from '../../fakes/github/fake-github.ts';
import { CAST, type IncidentStage, incidentStage, stageConfiguration } from './incident-stage.ts';

const { ana, ben, vic } = CAST;
const MINUTE = 60_000;
const postMortems = { owner: 'acme', repo: 'ops', folder: 'post-mortems', as: 'issue' } as const;

let stage: IncidentStage;
let github: FakeGithub;

beforeEach(async () => {
  github = new FakeGithub(() => stage.now());
  const apiUrl = await github.start();
  const shelf = createGithubShelf({ ...postMortems, apiUrl, token: github.token, timeoutMs: 5_000 });
  stage = await incidentStage({ ...stageConfiguration(), postMortems }, shelf);
  await stage.type(ana, 'incident open "nobody can log in" --severity P1 --service karmabot');
  stage.pass(5 * MINUTE);
  await stage.type(ben, 'ack INC-1');
  await stage.type(ben, 'note INC-1 the password hunter2-secret had expired');
  const { change } = await stage.journal.changes.request(
    draft('slack:Ev9', { requestedAt: stage.now() }),
    entry('change requested'),
  );
  expect(change.id).toBe('C-1');
  stage.pass(20 * MINUTE);
  await stage.type(ben, 'resolve INC-1 a new one');
});

afterEach(async () => {
  await stage.remove();
  await github.stop();
});

const body = (): string => github.repository.issues[0]?.body ?? '';

describe('a post-mortem', () => {
  it('is drafted from all that was recorded, as a file in the chat, and offered where people can write it', async () => {
    const told = await stage.type(ana, 'postmortem INC-1');
    expect(told).toMatchObject({
      code: 'ok',
      audience: 'conversation',
      lines: ['postmortem INC-1 --issue'],
      message: { state: 'drafted', file: { name: 'INC-1.md' } },
    });
    expect(told.text).toContain('15 blanks are marked for people to fill in.');
    const text = told.message?.file?.text ?? '';
    for (const part of [
      '# Post-mortem of INC-1: nobody can log in',
      '| Lasted | 25m |',
      '5m | at most 30m: held |',
      'note: Ben: the password \\[redacted\\] had expired',
      'C-1 Restart karmabot/app; asked for by Ana, nobody had to approve it; requested',
    ])
      expect(text).toContain(part);
    expect(github.seen).toEqual([]);
    expect(await stage.incident('INC-1')).toMatchObject({ postMortem: { draftedAt: stage.now() } });
  });

  it('is said once in the thread, however often it is drafted', async () => {
    await stage.type(ana, 'postmortem INC-1');
    await stage.type(ben, 'postmortem INC-1');
    await stage.type(ben, 'postmortem INC-1 --issue');
    await stage.type(ana, 'postmortem INC-1');
    const said = (await stage.said('INC-1')).filter((text) => text.includes('post-mortem'));
    expect(said).toEqual([
      'Ana drafted the post-mortem.',
      'Ben opened the post-mortem: https://github.example/acme/ops/issues/1',
    ]);
  });

  it('is opened as one issue, however many press at once, and stays where it is', async () => {
    const all = await Promise.all([
      stage.type(ana, 'postmortem INC-1 --issue'),
      stage.type(ben, 'postmortem INC-1 --issue'),
      stage.type(ana, 'postmortem INC-1 --issue'),
    ]);
    expect(all.map(({ message }) => message?.state)).toEqual(['opened', 'nothing is new', 'nothing is new']);
    expect(github.repository.issues).toHaveLength(1);
    expect(github.repository.issues[0]).toMatchObject({
      title: 'Post-mortem of INC-1: nobody can log in',
      labels: ['post-mortem'],
    });
    expect(await stage.incident('INC-1')).toMatchObject({
      postMortem: { url: 'https://github.example/acme/ops/issues/1' },
    });
  });

  it('keeps what people wrote there, around and in its facts, when there is something new', async () => {
    await stage.type(ana, 'postmortem INC-1 --issue');
    const [issue] = github.repository.issues;
    if (issue === undefined) throw new Error('it was opened');
    issue.body = body()
      .replace('## What went well\n\n- TODO', '## What went well\n\n- Ben was awake')
      .replace('acknowledged: Ben acknowledged it.', 'acknowledged: Ben acknowledged it, in his pyjamas.');
    await stage.type(ana, 'note INC-1 the calendar of secrets has it now');
    const told = await stage.type(ana, 'postmortem INC-1');
    expect(told).toMatchObject({
      lines: [],
      message: { state: 'brought up to date', file: { text: body() } },
    });
    expect(body()).toContain('- Ben was awake');
    expect(body()).toContain('in his pyjamas');
    expect(body()).toContain('**New facts**');
    expect(body()).toContain('the calendar of secrets has it now');
    expect(told.text).toContain('14 blanks');
    expect((await stage.type(ana, 'postmortem INC-1')).message?.state).toBe('nothing is new');
  });

  it('is opened as a pull request with a file', async () => {
    const told = await stage.type(ana, 'postmortem INC-1 --pull-request');
    expect(told.text).toContain('https://github.example/acme/ops/pull/1');
    const files = github.repository.branches.get('post-mortem/INC-1');
    expect(files?.get('post-mortems/INC-1.md')).toBe(told.message?.file?.text);
  });

  it('fits into an issue, however much was said', async () => {
    for (let index = 0; index < 400; index += 1)
      await stage.book.write((desk) =>
        desk.say('INC-1', [
          { at: stage.now(), kind: 'note', actor: 'ana', text: `${index} ${'*'.repeat(300)}`, isSaid: false },
        ]),
      );
    expect((await stage.type(ana, 'postmortem INC-1 --issue')).code).toBe('ok');
    expect(body().length).toBeLessThanOrEqual(65_536);
    expect(body()).toContain('more …');
  });

  it.each([
    ['of nothing', 'postmortem INC-9', 'INPUT_NO_SUCH_ID', 'there is no incident'],
    [
      'in two shapes',
      'postmortem INC-1 --issue --pull-request',
      'INPUT_INVALID_VALUE',
      'Leave one of them out',
    ],
  ])('is refused: %s', async (...[, line, code, text]) => {
    const told = await stage.type(ana, line);
    expect(told.code).toBe(code);
    expect(told.text).toContain(text);
  });

  it('is told where the incident goes on, and not by those who only look', async () => {
    expect((await stage.type(vic, 'postmortem INC-1')).code).toBe('DENIED_POLICY');
    await stage.type(ana, 'incident open "again" --severity P1 --service karmabot');
    await stage.type(ana, 'incident open "and again" --severity P1 --service karmabot');
    await stage.type(ana, 'merge INC-2 INC-3');
    expect((await stage.type(ana, 'postmortem INC-2')).text).toContain('postmortem INC-3');
  });

  it('says so when GitHub may have it or not, keeps the draft unopened, and finds it the next time', async () => {
    github.faults.push({ method: 'POST', how: 'cut after' });
    expect((await stage.type(ana, 'postmortem INC-1 --issue')).code).toBe('TARGET_CONNECTION_LOST');
    expect((await stage.incident('INC-1')).postMortem?.url).toBeUndefined();
    expect((await stage.type(ana, 'postmortem INC-1 --issue')).message?.state).toBe('nothing is new');
    expect(github.repository.issues).toHaveLength(1);
  });

  it('dry runs tell and do nothing', async () => {
    const told = await stage.type(ana, 'postmortem INC-1 --issue --dry-run');
    expect(told.text).toContain('It would draft the post-mortem of INC-1, and open it as an issue.');
    expect(github.seen).toEqual([]);
  });
});

describe('where nobody configured a place', () => {
  it('it is a file, and says what is missing', async () => {
    const bare = await incidentStage();
    await bare.type(ana, 'incident open "x" --severity P1');
    expect((await bare.type(ana, 'postmortem INC-1')).lines).toEqual([]);
    expect((await bare.type(ana, 'postmortem INC-1 --issue')).code).toBe('CONFIG_INVALID');
    await bare.remove();
  });
});
