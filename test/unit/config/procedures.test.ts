import { describe, expect, it } from 'vitest';
import { loadWith, SMALL, said } from '../../fixtures/config/folder.ts';

const BOT = (SMALL['services/bot.yaml'] ?? '').trimEnd();

/** The small service with a check, and these procedures. */
const withProcedures = (procedures: string) =>
  loadWith({
    'services/bot.yaml': `${BOT}\nchecks:\n  web: { kind: http, url: "\${server.web}" }\nprocedures:\n${procedures}\n`,
  });

/** What is said of one procedure with these keys beside its title and component. */
const of = async (keys: string): Promise<readonly string[]> => {
  const loaded = await withProcedures(`  p: { title: a procedure, component: app, ${keys} }`);
  return said(loaded).map((line) => line.replace(/^services\/bot\.yaml:\d+:\d+ /, ''));
};

const READ = '{ effect: read, run: [df, -h] }';

describe('procedures of a service', () => {
  it('are placed with what follows from the whole', async () => {
    const loaded = await withProcedures(`  kill:
    title: end a connection
    risk: destructive
    component: app
    runbook: bot.md:420
    parameters:
      pid: { type: integer, min: 1, max: 4194304, summary: process id }
      since: { type: duration, default: 1h, max: 2d, summary: since when }
    folder: /opt/bot
    user: postgres
    timeout: 20s
    steps:
      - { title: look, effect: read, run: [psql, -c, "SELECT {pid} > {since}"], accept: [0, 1] }
      - { ask: "End {pid}?", from: approver, by_other: true }
      - { effect: destructive, run: [kill, "{pid}"], sudo: true, folder: /, undo: [echo, "{pid}"] }
      - { wait: 10s }
      - { check: web }
      - { restart: app }`);
    expect(said(loaded)).toEqual([]);
    const [bot] = loaded.kind === 'loaded' ? loaded.configuration.services : [];
    expect(bot?.procedures).toMatchInlineSnapshot(`
      [
        {
          "component": "app",
          "name": "kill",
          "parameters": [
            {
              "name": "pid",
              "optional": false,
              "summary": "process id",
              "type": {
                "kind": "integer",
                "max": 4194304,
                "min": 1,
              },
            },
            {
              "name": "since",
              "optional": false,
              "preset": "1h",
              "summary": "since when",
              "type": {
                "kind": "duration",
                "max": 172800000,
                "min": 1000,
              },
            },
          ],
          "risk": "destructive",
          "runbook": [
            "bot.md:420",
          ],
          "schedulable": true,
          "steps": [
            {
              "acceptedCodes": [
                0,
                1,
              ],
              "argv": [
                "psql",
                "-c",
                "SELECT {pid} > {since}",
              ],
              "component": "app",
              "cwd": "/opt/bot",
              "effect": "read",
              "kind": "run",
              "timeoutMs": 20000,
              "title": "look",
              "user": "postgres",
            },
            {
              "asks": "go on",
              "byOther": true,
              "component": "app",
              "from": [
                "approver",
              ],
              "kind": "person",
              "text": "End {pid}?",
              "timeoutMs": 3600000,
            },
            {
              "acceptedCodes": [
                0,
              ],
              "argv": [
                "kill",
                "{pid}",
              ],
              "component": "app",
              "cwd": "/",
              "effect": "destructive",
              "kind": "run",
              "sudo": true,
              "timeoutMs": 20000,
              "undo": [
                "echo",
                "{pid}",
              ],
            },
            {
              "component": "app",
              "kind": "wait",
              "ms": 10000,
            },
            {
              "checks": [
                "web",
              ],
              "component": "app",
              "kind": "check",
              "timeoutMs": 20000,
            },
            {
              "action": "restart",
              "component": "app",
              "kind": "action",
            },
          ],
          "title": "end a connection",
          "verify": true,
        },
      ]
    `);
  });

  it('a mistake is said at its place', async () => {
    const loaded = await withProcedures(
      `  p:\n    title: t\n    risk: read\n    component: ap\n    steps:\n      - { effect: read, run: [df, "{pat}"] }`,
    );
    expect(said(loaded)).toEqual([
      'services/bot.yaml:13:16 there is no component "ap": did you mean "app"?',
      'services/bot.yaml:15:35 there is no parameter "pat"',
    ]);
  });

  it.each([
    [`risk: read, steps: []`, ['"steps" must have at least 1 entries']],
    [`risk: read, steps: [{ title: x }]`, ['this step does nothing']],
    [
      `risk: change, steps: [{ wait: 1s, check: web }]`,
      ['a step does one thing, and this one has "wait" and "check"'],
    ],
    [`risk: change, steps: [{ run: [x] }]`, ['"effect" is missing']],
    [`risk: change, steps: [{ wait: 1s, effect: read }]`, ['a step with "wait" has no "effect"']],
    [`risk: change, steps: [{ check: wep }]`, ['there is no check "wep": did you mean "web"?']],
    [`risk: change, steps: [{ restart: web }]`, ['there is no component "web"']],
    [`risk: change, steps: [{ backup: database }]`, ['there is no backup "database"']],
    [
      `risk: read, steps: [${READ}, { effect: change, run: [x] }]`,
      ['this step is change, and the procedure says risk: read'],
    ],
    [
      `risk: read, steps: [{ ask: "Yes?" }]`,
      ['a procedure that only reads answers at once, and cannot "ask"'],
    ],
    [
      `risk: read, steps: [{ http: { method: POST, url: /x } }]`,
      ['"effect" is missing', 'server takes no requests: it is a target of kind ssh'],
    ],
    [`risk: read, steps: [{ http: { url: /x } }]`, ['server takes no requests: it is a target of kind ssh']],
    [
      `risk: read, steps: [{ http: { url: /x }, target: api }]`,
      ['there is no target "api" in any environment'],
    ],
    [`risk: read, parameters: { a: { type: integer, summary: s } }, steps: [${READ}]`, ['no step uses {a}']],
    [
      `risk: read, parameters: { a: { type: text, summary: s } }, steps: [{ effect: read, run: [ls, "{a}"] }]`,
      ['a text without a pattern may be anything'],
    ],
    [
      `risk: read, parameters: { a: { type: text, pattern: "(?=x)", summary: s } }, steps: [{ effect: read, run: [ls, "{a}"] }]`,
      [expect.stringMatching(/^not a regular expression of RE2/)],
    ],
    [
      `risk: read, parameters: { a: { type: integer, min: 5, max: 4, summary: s } }, steps: [{ effect: read, run: [ls, "{a}"] }]`,
      ['"max" is less than "min"'],
    ],
    [
      `risk: read, parameters: { a: { type: integer, default: 1h, summary: s } }, steps: [{ effect: read, run: [ls, "{a}"] }]`,
      ['the default is refused: the value of it is not a whole number'],
    ],
    [
      `risk: read, parameters: { a: { type: choice, of: [x], pattern: y, summary: s } }, steps: [{ effect: read, run: [ls, "{a}"] }]`,
      ['a parameter of type choice has no "pattern"'],
    ],
    [
      `risk: read, parameters: { a: { type: choice, of: [x], sensitive: true, summary: s } }, steps: [{ effect: read, run: [ls, "{a}"] }]`,
      ['a secret cannot be a parameter: everybody in the channel reads it'],
    ],
    [
      `risk: read, parameters: { a: { type: integer, summary: s } }, folder: "/x/{a}", steps: [{ effect: read, run: [ls, "{a}"] }]`,
      ['{a} cannot stand here'],
    ],
    [
      `risk: change, parameters: { a: { type: integer, summary: s } }, steps: [{ effect: change, run: [sudo, bash, -ec, "kill {a}"] }]`,
      ['{a} would become a part of a script'],
    ],
    [
      `risk: change, parameters: { a: { type: integer, summary: s } }, steps: [{ effect: change, run: [docker, exec, c, /bin/sh, -c, "kill {a}"] }]`,
      ['{a} would become a part of a script'],
    ],
    [
      `risk: change, steps: [{ effect: change, run: [x], undo: { url: /x } }]`,
      ['it is taken back in another way than it is done'],
    ],
    [
      `risk: change, steps: [{ effect: change, run: [x], sudo: true, user: u }]`,
      ['"sudo" and "user" are two accounts'],
    ],
    [`risk: change, steps: [{ effect: change, run: [x], accept: [300] }]`, ['an exit code is at most 255']],
    [
      `risk: change, runbook: nowhere, steps: [{ wait: 1s }]`,
      [expect.stringMatching(/not a place in a runbook/)],
    ],
  ])('%s', async (keys, expected) => {
    expect(await of(keys)).toEqual(expected);
  });

  it('constant scripts, and braces that are no placeholders, are left alone', async () => {
    expect(
      await of(
        `risk: read, parameters: { a: { type: integer, summary: s } }, steps: [{ effect: read, run: [sh, -c, 'awk "{ print }" "$1"; echo "$\${HOME}"', sh, "{a}"] }, { effect: read, run: [docker, ps, --format, "{{json .}} {{.Names}}"] }]`,
      ),
    ).toEqual([]);
  });
});
