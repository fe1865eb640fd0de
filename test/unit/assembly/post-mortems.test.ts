import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentFrom } from '../../../config/environment.ts';
import { postMortems } from '../../../src/assembly/post-mortems.ts';
import type { Environment } from '../../../src/domain/configuration.ts';
import { failed, type Outcome, succeeded } from '../../../src/domain/outcome.ts';
import type { PostMortemSettings } from '../../../src/domain/post-mortem-settings.ts';
import { FakeGithub } from '../../fakes/github/fake-github.ts';
import { CAST, type IncidentStage, incidentStage, stageConfiguration } from '../commands/incident-stage.ts';

const settings: PostMortemSettings = { owner: 'acme', repo: 'ops', folder: 'post-mortems', as: 'issue' };

let stage: IncidentStage;
let github: FakeGithub;
let apiUrl: string;

beforeEach(async () => {
  stage = await incidentStage();
  github = new FakeGithub(() => stage.now());
  apiUrl = await github.start();
  await stage.type(CAST.ana, 'incident open "x" --severity P1');
});

afterEach(async () => {
  await stage.remove();
  await github.stop();
});

function environment(variables: Readonly<Record<string, string>>): Environment {
  const read = environmentFrom(variables);
  if (read.kind !== 'succeeded') throw new Error(read.message);
  return read.value;
}

const open = (where: PostMortemSettings | undefined, variables: Readonly<Record<string, string>>) => {
  const configuration = { ...stageConfiguration(), ...(where === undefined ? {} : { postMortems: where }) };
  const secret = (): Outcome<string> =>
    where?.token === undefined ? failed('CONFIG_SECRET_MISSING', 'it is not there') : succeeded(github.token);
  const options = {
    configuration,
    environment: environment(variables),
    secret,
    redact: (text: string) => text,
  };
  const write = postMortems(options, { journal: stage.journal });
  return write({ key: 'ana', name: 'Ana', at: stage.now() }, 'INC-1', 'issue');
};

describe('where post-mortems are opened', () => {
  it('is what the settings and the variables say', async () => {
    expect(await open(settings, { GITHUB_TOKEN: github.token, GITHUB_API_URL: apiUrl })).toMatchObject({
      kind: 'succeeded',
      value: { became: 'opened', url: 'https://github.example/acme/ops/issues/1' },
    });
  });

  it('may have a token of its own', async () => {
    const own = { ...settings, token: { env: 'POST_MORTEMS_TOKEN' } };
    expect(await open(own, { GITHUB_TOKEN: 'wrong', GITHUB_API_URL: apiUrl })).toMatchObject({
      kind: 'succeeded',
    });
  });

  it.each([
    ['no place', undefined, 'CONFIG_INVALID', 'post_mortems'],
    ['no token', settings, 'CONFIG_SECRET_MISSING', 'GITHUB_TOKEN'],
  ])('says what is missing: %s', async (...[, where, code, remedy]) => {
    expect(await open(where, { GITHUB_API_URL: apiUrl })).toMatchObject({
      kind: 'failed',
      code,
      remedy: expect.stringContaining(remedy),
    });
  });
});
