import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { registries } from '../../../config/registries.ts';
import { folderOf, loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const BOT = SMALL['services/bot.yaml'] ?? '';
const withService = (more: string) => loadWith({ 'services/bot.yaml': `${BOT}${more}\n` });
const withCalendar = {
  'botswain.yaml': (SMALL['botswain.yaml'] ?? '').replace(
    'policy:',
    '  calendar: { name: Calendar, roles: [operator] }\npolicy:',
  ),
};

describe('schedules of a service', () => {
  it('are read in every environment it is in, their lines with it', async () => {
    const loaded = await loadWith({
      ...withCalendar,
      'services/bot.yaml': `${BOT}schedules:\n  nightly: { cron: "0 3 * * *", line: restart bot/app, missed: skip }\n  weekly: { cron: "0 10 * * 1", timezone: Europe/Berlin, checklist: round }\n`,
    });
    expect(said(loaded)).toEqual([]);
    const [bot] = loaded.kind === 'loaded' ? loaded.configuration.services : [];
    expect(bot?.schedules).toEqual([
      {
        key: 'bot/nightly@production',
        name: 'nightly',
        cron: '0 3 * * *',
        line: 'restart bot/app@production',
        as: 'calendar',
        lateMs: 300_000,
      },
      {
        key: 'bot/weekly@production',
        name: 'weekly',
        cron: '0 10 * * 1',
        timezone: 'Europe/Berlin',
        line: 'run bot@production round',
        as: 'calendar',
        lateMs: 21_600_000,
      },
    ]);
  });

  it('are refused where the rule, the person or the line is none, each at its place', async () => {
    expect(said(await withService('schedules:\n  a: { cron: "61 * * * *", line: status }'))).toEqual([
      'services/bot.yaml:8:6 there is nobody called "calendar" in whose name it could be typed',
      'services/bot.yaml:8:14 "61 * * * *" is not a calendar rule: Invalid value for minute: 61',
    ]);
    expect(said(await withService('schedules:\n  a: { cron: "0 3 * * *", as: ana }'))).toEqual([
      'services/bot.yaml:8:6 it needs either "line" or "checklist"',
    ]);
    const typo = await loadConfiguration(
      await folderOf({
        ...SMALL,
        'targets.yaml': 'version: 1\nproduction: { server: { kind: local } }\n',
        'services/bot.yaml': `${BOT}schedules:\n  a: { cron: "0 3 * * *", as: ana, line: restrat bot/app }\n`,
      }),
      registries,
    );
    expect(said(typo)).toEqual([
      expect.stringMatching(
        /^services\/bot\.yaml:8:6 "restrat .*" cannot be typed: .*did you mean "restart"/i,
      ),
    ]);
  });
});

it('a procedure that only people may run is not run by the calendar', async () => {
  const loaded = await withService(
    'procedures:\n  wipe: { title: wipe it, risk: read, component: app, schedule: none, steps: [{ run: [ls], effect: read }] }\nschedules:\n  a: { cron: "0 3 * * *", as: ana, checklist: wipe }',
  );
  expect(said(loaded)).toEqual([
    'services/bot.yaml:10:6 wipe says "schedule: none": the calendar may not run it',
  ]);
});

describe('the file of variables', () => {
  it('is read with what happens afterwards', async () => {
    const loaded = await withService(
      'env_file: { path: /opt/bot/.env, component: app, sudo: true, required: { TOKEN: its token }, afterwards: { app: recreate } }',
    );
    expect(said(loaded)).toEqual([]);
    const [bot] = loaded.kind === 'loaded' ? loaded.configuration.services : [];
    expect(bot?.envFile).toEqual({
      path: '/opt/bot/.env',
      component: 'app',
      sudo: true,
      required: { TOKEN: 'its token' },
      afterwards: [{ component: 'app', action: 'recreate' }],
    });
  });

  it('is refused where it names what is not there', async () => {
    expect(
      said(
        await withService(
          'env_file: { path: .env, component: ap, required: { "A B": x }, afterwards: { web: restart } }',
        ),
      ),
    ).toEqual([
      'services/bot.yaml:7:19 not an absolute path',
      'services/bot.yaml:7:36 there is no component "ap": did you mean "app"?',
      expect.stringContaining('"A B" is not a name of an environment variable'),
      expect.stringContaining('there is no component "web"'),
    ]);
  });
});
