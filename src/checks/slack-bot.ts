import { z } from 'zod';
import { apiRoot, askApi, tokenFrom, tokenReference } from './api/ask.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { echoRemark } from './slack/events-echo.ts';
import { oneLine } from './status/one-line.ts';
import { type Remark, worstLook } from './status/worst.ts';

const settings = z.strictObject({
  token: tokenReference.describe("The bot's token (xoxb-…), by reference: { env: KARMABOT_SLACK_TOKEN }"),
  team: z
    .string()
    .regex(/^[TE][A-Z0-9]{2,20}$/, 'not an id of a workspace\nwrite it like T0ABC123')
    .exactOptional()
    .describe('Id of the workspace (or of the enterprise) the token must belong to'),
  scopes: z
    .array(z.string().regex(/^[a-z][a-z0-9_.:-]{1,60}$/, 'not a scope of Slack\nwrite it like chat:write'))
    .min(1)
    .exactOptional()
    .describe('Scopes the token must have; more do no harm'),
  events_url: z
    .url({ protocol: /^https?$/ })
    .exactOptional()
    .describe('Address at which it takes events; it must echo a challenge, as Slack asks for it'),
  signing_secret: tokenReference
    .exactOptional()
    .describe("The app's signing secret, by reference, so that the challenge is signed as Slack's is"),
  api_url: apiRoot.default('https://slack.com/api').describe('Another root of the API, such as GovSlack'),
});

type Settings = z.infer<typeof settings>;

/** https://docs.slack.dev/reference/methods/auth.test */
const answerShape = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  team: z.string().optional(),
  team_id: z.string().optional(),
  enterprise_id: z.string().nullish(),
  user: z.string().optional(),
  bot_id: z.string().optional(),
});

type Told = z.infer<typeof answerShape>;

/** Errors of which the token is the cause; any other is Slack's own. */
const REFUSALS: readonly string[] = [
  'access_denied',
  'account_inactive',
  'enterprise_is_restricted',
  'invalid_auth',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
];

function identityRemark({ team: wanted }: Settings, told: Told): Remark {
  const where = `${told.team ?? 'a workspace'} (${told.team_id ?? '?'})`;
  const who = `@${told.user ?? '?'} in ${where}`;
  if (told.bot_id === undefined) return { verdict: 'fail', words: `the token is no bot's: ${who}` };
  if (wanted !== undefined && ![told.team_id, told.enterprise_id].includes(wanted))
    return { verdict: 'fail', words: `the token belongs to ${where}, not to ${wanted}` };
  return { verdict: 'pass', words: `the token of ${who} is good` };
}

function scopeRemarks({ scopes }: Settings, header: string | undefined): readonly Remark[] {
  if (scopes === undefined) return [];
  if (header === undefined)
    return [{ verdict: 'unknown', words: 'Slack did not say which scopes the token has' }];
  const granted = header.split(',').map((scope) => scope.trim());
  const missing = scopes.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return [{ verdict: 'pass', words: `all ${scopes.length} scopes` }];
  return [{ verdict: 'fail', words: `scopes are missing: ${missing.join(', ')}` }];
}

function refusal(told: Told, status: number): Remark {
  const word = told.error ?? `HTTP ${status}`;
  if (REFUSALS.includes(word)) return { verdict: 'fail', words: `Slack refuses the token (${word})` };
  return { verdict: 'unknown', words: `Slack did not answer auth.test (${word})` };
}

async function look(given: Settings, ports: CheckPorts, signal: AbortSignal): Promise<Look> {
  const form = { pattern: /^x[a-z]{2,5}[.-][\w.%-]{5,}$/, words: 'xoxb-…' };
  const token = tokenFrom(ports, given.token, form);
  if (token.kind === 'none') return token.look;
  const answer = await askApi({
    url: `${given.api_url.replace(/\/+$/, '')}/auth.test`,
    method: 'POST',
    headers: { authorization: `Bearer ${token.value}` },
    signal,
  });
  const echoed = await eventsRemarks(given, ports, signal);
  const { verdict, summary } = worstLook(
    'Slack bot',
    [...remarksOn(given, answer), ...echoed].map((one) => ({ ...one, words: token.redact(one.words) })),
  );
  return { verdict, summary: oneLine(token.redact(summary)) };
}

async function eventsRemarks(
  { events_url: url, signing_secret: reference }: Settings,
  ports: CheckPorts,
  signal: AbortSignal,
): Promise<readonly Remark[]> {
  if (url === undefined) return [];
  const secret = reference === undefined ? undefined : ports.secret(reference);
  if (secret !== undefined && secret.kind !== 'succeeded')
    return [{ verdict: 'unknown', words: secret.message }];
  return [await echoRemark({ url, signingSecret: secret?.value.trim(), now: ports.now(), signal })];
}

function remarksOn(given: Settings, answer: Awaited<ReturnType<typeof askApi>>): readonly Remark[] {
  if (answer.kind === 'silent') return [{ verdict: 'unknown', words: answer.words }];
  const said = answerShape.safeParse(answer.json);
  if (!said.success)
    return [
      {
        verdict: 'unknown',
        words: `${new URL(given.api_url).host} answers ${answer.status}, and not as Slack does`,
      },
    ];
  if (!said.data.ok) return [refusal(said.data, answer.status)];
  return [identityRemark(given, said.data), ...scopeRemarks(given, answer.headers['x-oauth-scopes'])];
}

/** Looks at a bot from Slack's side: its token, its workspace and its scopes. */
export const slackBotCheckKind: CheckKind = {
  kind: 'slack-bot',
  summary:
    'Asks Slack about a bot: its token, its workspace and its scopes; asks the bot to echo a challenge',
  // A token and its scopes are the same before and after a restart.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => look(bound, ports, signal) };
  },
};
