import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { typedMatchers } from '../../../commands/silence/typed-matchers.ts';
import { tokenize } from '../../../src/dispatch/tokenize.ts';
import type { Alert } from '../../../src/domain/alert.ts';
import { matchersText } from '../../../src/domain/matcher.ts';
import { CAST, type IncidentStage, incidentStage, stageConfiguration } from './incident-stage.ts';

const { ana, kim, vic } = CAST;
const HOUR = 3_600_000;

describe('matchers as people type them', () => {
  const read = (typed: string): string => {
    const words = tokenize(typed);
    if (words.kind !== 'succeeded') return words.code;
    const read = typedMatchers(
      stageConfiguration(),
      words.value.map(({ text }) => text),
    );
    return read.kind === 'succeeded' ? matchersText(read.value) : read.code;
  };

  it.each([
    ['service=karmabot', 'service="karmabot"'],
    ['service="karmabot" severity=~"crit.*"', 'service="karmabot", severity=~"crit.*"'],
    ['alertname="High CPU, or so"', 'alertname="High CPU, or so"'],
    ['{alertname="High CPU", severity!~"info|none"}', 'alertname="High CPU", severity!~"info|none"'],
    ['{service=karmabot,alertname=X}', 'service="karmabot", alertname="X"'],
    ['alertname=“Typo graphic”', 'alertname="Typo graphic"'],
    [String.raw`alertname="says \"hi\""`, String.raw`alertname="says \"hi\""`],
    ['karmabot', 'service="karmabot"'],
    ['karmabot@production alertname!=X', 'service="karmabot", environment="production", alertname!="X"'],
    ['alertname=~".*"', 'INPUT_INVALID_VALUE'],
    ['alertname!=X', 'INPUT_INVALID_VALUE'],
    ['alertname=~"("', 'INPUT_INVALID_VALUE'],
    ['nonsense', 'INPUT_INVALID_VALUE'],
    ['', 'INPUT_INVALID_VALUE'],
  ])('%s', (typed, is) => expect(read(typed)).toBe(is));
});

describe('silences', () => {
  let stage: IncidentStage;
  beforeEach(async () => {
    stage = await incidentStage();
  });
  afterEach(() => stage.remove());

  it('hold until their time, are seen by all, and end before it when somebody says so', async () => {
    const set = await stage.type(
      ana,
      'silence service=karmabot alertname="High CPU" 2h --reason "known to us"',
    );
    expect(set).toMatchObject({ code: 'ok', audience: 'conversation', lines: ['unsilence S-1'] });
    expect(set.text).toContain('Ana silenced service="karmabot", alertname="High CPU"');
    expect(set.text).toContain('Until: 14:00 UTC');
    expect((await stage.type(vic, 'silences')).text).toContain(
      'S-1 | service="karmabot", alertname="High CPU" | 14:00 | Ana: known to us',
    );
    expect((await stage.type(ana, 'unsilence s-1')).text).toContain('Ana ended the silence');
    expect((await stage.type(vic, 'silences')).text).toContain('nothing is silenced');
    expect(await stage.type(ana, 'unsilence S-1')).toMatchObject({ code: 'INPUT_NO_SUCH_ID' });
  });

  it('is over by itself', async () => {
    await stage.type(ana, 'silence karmabot 1h --reason "a test"');
    stage.pass(HOUR + 1);
    expect(await stage.type(ana, 'unsilence S-1')).toMatchObject({ code: 'INPUT_NO_SUCH_ID' });
  });

  it('nobody has to type one: service, end and reason are a press each', async () => {
    let told = await stage.type(ana, 'silence');
    expect(told.lines).toEqual(['silence karmabot', 'silence katana']);
    told = await stage.type(ana, told.lines[0] ?? '');
    expect(told.lines).toEqual([
      'silence karmabot 1h',
      'silence karmabot 4h',
      'silence karmabot "tomorrow 08:00"',
    ]);
    told = await stage.type(ana, told.lines[2] ?? '');
    expect(told).toMatchObject({ code: 'DENIED_REASON_MISSING' });
    told = await stage.type(ana, told.lines[0] ?? '');
    expect(told).toMatchObject({ code: 'ok' });
    expect(await stage.book.silences(stage.now())).toMatchObject([
      { matchers: [{ name: 'service', value: 'karmabot' }], person: 'ana', until: Date.UTC(2026, 0, 6, 8) },
    ]);
  });

  it('is ended by whoever may alter what it is about, and by nobody else', async () => {
    await stage.type(ana, 'silence karmabot 1h --reason "a test"');
    for (const who of [kim, vic])
      expect(await stage.type(who, 'unsilence S-1')).toMatchObject({ code: 'DENIED_POLICY' });
    expect(await stage.book.silences(stage.now())).toHaveLength(1);
  });
});

describe('alerts', () => {
  let stage: IncidentStage;
  const alert = (fingerprint: string, more: Partial<Alert> = {}): Alert => ({
    integration: 'am',
    source: 'alertmanager',
    report: {
      fingerprint,
      kind: 'alert',
      status: 'firing',
      level: 'critical',
      title: `${fingerprint} <!channel> *bold*`,
      labels: {},
      annotations: {},
      links: [],
      expectsResolve: true,
    },
    service: 'karmabot',
    environment: 'production',
    severity: 'P1',
    status: 'firing',
    firstSeen: stage.now(),
    lastSeen: stage.now(),
    firingSince: stage.now(),
    count: 1,
    turns: [],
    isFlapping: false,
    delivery: 12,
    ...more,
  });
  const put = (...all: readonly Alert[]) =>
    stage.book.write(async (desk) => {
      for (const one of all) await desk.putAlert(one);
    });
  beforeEach(async () => {
    stage = await incidentStage();
  });
  afterEach(() => stage.remove());

  it('all that was reported can be asked for, and why nobody was told', async () => {
    await put(alert('told', { incident: 'INC-1' }));
    stage.pass(HOUR);
    await put(
      alert('quiet', { unannounced: 'silenced by S-3 until 14:00', service: 'katana' }),
      alert('over', { status: 'resolved', unannounced: 'young: rule 2 waits until it lasts 5m' }),
    );
    const all = (await stage.type(ana, 'alerts')).text;
    expect(all).toContain('told <!channel> *bold* | karmabot@production | INC-1 | A-12');
    expect(all).toContain('2 of 3 firing');
    const unannounced = (await stage.type(ana, 'alerts --unannounced')).text;
    expect(unannounced).toContain('silenced by S-3 until 14:00');
    expect(unannounced).toContain('young: rule 2');
    expect(unannounced).not.toContain('INC-1');
    expect((await stage.type(ana, 'alerts --unannounced --firing')).text).not.toContain('young');
    expect((await stage.type(ana, 'alerts --since 30m')).text).not.toContain('INC-1');
    expect((await stage.type(kim, 'alerts')).text).toContain('1 of 1 firing');
  });

  it('many of them are in a file, a line each, whatever their titles hold', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      alert(`f${index}`, { report: { ...alert(`f${index}`).report, title: `line\tone\nline two ${index}` } }),
    );
    await put(...many);
    const { message } = await stage.type(ana, 'alerts');
    const lines = message?.file?.text.trim().split('\n') ?? [];
    expect(lines).toHaveLength(60);
    for (const line of lines) expect(line.split('\t')).toHaveLength(9);
  });
});
