import type { AlertReading, AlertReport, AlertStatus } from '../domain/alert.ts';
import { eventIdOf } from './reading/event-id.ts';
import { at, fieldsOf, firstWords, isFields, meantBy, wordsAt } from './reading/fields.ts';
import { ownFingerprint } from './reading/fingerprint.ts';
import { linkOf } from './reading/links.ts';
import { lineWithin } from './reading/plain-text.ts';
import { reportOf } from './reading/report.ts';
import { isHmac } from './reading/signatures.ts';
import type { AlertRequest, SignedRequest, Source } from './source.ts';

/** Ends of a run, a check or a deployment; the others (cancelled, skipped, in progress …) say nothing about it. */
const ENDS: Readonly<Record<string, AlertStatus>> = {
  failure: 'firing',
  error: 'firing',
  timed_out: 'firing',
  startup_failure: 'firing',
  success: 'resolved',
};

/** What one kind of event comes to: a report, or why there is none. */
type Found = AlertReport | string | undefined;

/** Workflows that roll something out, by their name. */
const ROLLS_OUT = /\b(?:deploy(?:ment|s)?|release|roll[ -]?out)\b/i;

const repositoryOf = (json: unknown): string => wordsAt(json, 'repository', 'full_name') ?? 'a repository';
/** A word of theirs in a note of ours. */
const nowhere = (word: string | undefined): string => lineWithin(word, 40) ?? 'nowhere';

const short = (sha: string | undefined): string | undefined => sha?.slice(0, 7);

/** Branches of others say nothing about what runs; a fork has a branch of the same name. */
const isForeign = (json: unknown, branch: string | undefined, from: string | undefined): boolean => {
  const main = wordsAt(json, 'repository', 'default_branch');
  const own = wordsAt(json, 'repository', 'full_name');
  return (main !== undefined && branch !== main) || (from !== undefined && own !== undefined && from !== own);
};

const workflowReport = (json: unknown, status: AlertStatus): AlertReport => {
  const run = at(json, 'workflow_run');
  const [branch = 'a branch', repository] = [wordsAt(run, 'head_branch'), repositoryOf(json)];
  const workflow = wordsAt(json, 'workflow', 'name') ?? wordsAt(run, 'name') ?? 'A workflow';
  const isDeploy = ROLLS_OUT.test(workflow);
  const outcome = isDeploy && status === 'resolved' ? 'succeeded' : 'failed';
  const by = firstWords(at(run, 'triggering_actor'), ['login']) ?? wordsAt(run, 'actor', 'login');
  return reportOf({
    fingerprint: ownFingerprint(
      `workflow_run:${repository}:${wordsAt(run, 'workflow_id') ?? workflow}:${branch}`,
    ),
    kind: isDeploy ? 'deploy' : 'alert',
    status,
    level: isDeploy ? 'error' : 'warning',
    levelSaid: wordsAt(run, 'conclusion'),
    titles: [`${workflow} ${outcome} on ${branch} of ${repository}`],
    description: wordsAt(run, 'display_title') ?? wordsAt(run, 'head_commit', 'message'),
    service: wordsAt(json, 'repository', 'name'),
    labels: {
      ...{ repository, workflow, branch, sha: short(wordsAt(run, 'head_sha')) },
      ...{ event: at(run, 'event'), by, run: at(run, 'run_number') },
    },
    startsAt: at(run, status === 'firing' ? 'updated_at' : 'run_started_at'),
    endsAt: at(run, 'updated_at'),
    links: [linkOf('source', at(run, 'html_url'))],
  });
};

const workflowRun = (json: unknown): Found => {
  const run = at(json, 'workflow_run');
  const from = wordsAt(run, 'head_repository', 'full_name');
  if (wordsAt(json, 'action') !== 'completed') return 'a run that has not ended';
  if (isForeign(json, wordsAt(run, 'head_branch'), from)) return 'a run on another branch';
  const conclusion = wordsAt(run, 'conclusion');
  const status = meantBy(ENDS, conclusion);
  return status === undefined ? `a run that ended ${nowhere(conclusion)}` : workflowReport(json, status);
};

const checkReport = (json: unknown, status: AlertStatus): AlertReport => {
  const run = at(json, 'check_run');
  const branch = wordsAt(run, 'check_suite', 'head_branch') ?? 'a branch';
  const [check, repository] = [wordsAt(run, 'name') ?? 'A check', repositoryOf(json)];
  return reportOf({
    fingerprint: ownFingerprint(`check_run:${repository}:${check}:${branch}`),
    status,
    level: 'warning',
    levelSaid: wordsAt(run, 'conclusion'),
    titles: [`${check} failed on ${branch} of ${repository}`],
    description: firstWords(at(run, 'output'), ['title', 'summary']),
    service: wordsAt(json, 'repository', 'name'),
    labels: { repository, check, branch, sha: short(wordsAt(run, 'head_sha')), app: at(run, 'app', 'slug') },
    startsAt: at(run, status === 'firing' ? 'completed_at' : 'started_at'),
    endsAt: at(run, 'completed_at'),
    links: [linkOf('source', at(run, 'html_url')), linkOf('source', at(run, 'details_url'))],
  });
};

const checkRun = (json: unknown): Found => {
  const run = at(json, 'check_run');
  if (wordsAt(json, 'action') !== 'completed') return 'a check that has not ended';
  if (isForeign(json, wordsAt(run, 'check_suite', 'head_branch'), undefined))
    return 'a check on another branch';
  const conclusion = wordsAt(run, 'conclusion');
  const status = meantBy(ENDS, conclusion);
  return status === undefined ? `a check that ended ${nowhere(conclusion)}` : checkReport(json, status);
};

const deploymentStatus = (json: unknown): Found => {
  const [told, deployment] = [fieldsOf(at(json, 'deployment_status')), fieldsOf(at(json, 'deployment'))];
  const state = wordsAt(told, 'state');
  const status = meantBy(ENDS, state);
  if (status === undefined) return `a deployment that is ${nowhere(state)}`;
  const environment = wordsAt(told, 'environment') ?? wordsAt(deployment, 'environment') ?? 'production';
  const repository = repositoryOf(json);
  const name = wordsAt(json, 'repository', 'name') ?? repository;
  const [sha, ref] = [short(wordsAt(deployment, 'sha')), wordsAt(deployment, 'ref')];
  const what = `${name}${ref === undefined ? '' : ` ${ref}`}`;
  const done = `${what} was deployed to ${environment}`;
  return reportOf({
    fingerprint: ownFingerprint(`deployment:${repository}:${environment}`),
    kind: 'deploy',
    status,
    level: 'error',
    levelSaid: state,
    titles: [status === 'firing' ? `${what} could not be deployed to ${environment}` : done],
    description: firstWords(told, ['description']) ?? firstWords(deployment, ['description']),
    service: wordsAt(json, 'repository', 'name'),
    environment,
    labels: { repository, environment, sha, ref, by: wordsAt(deployment, 'creator', 'login') },
    startsAt: status === 'firing' ? at(told, 'created_at') : at(deployment, 'created_at'),
    endsAt: at(told, 'created_at'),
    links: ['log_url', 'target_url', 'environment_url'].map((key) => linkOf('source', at(told, key))),
  });
};

/** Events by the key under which their body has what it is about. */
const EVENTS: Readonly<Record<string, (json: unknown) => Found>> = {
  workflow_run: workflowRun,
  check_run: checkRun,
  deployment_status: deploymentStatus,
};

/** What the header says; where a proxy took it away, what the body is about. */
const eventOf = ({ headers, json }: AlertRequest): string | undefined =>
  headers['x-github-event'] ?? Object.keys(EVENTS).find((event) => isFields(at(json, event)));

const foundIn = (event: string, json: unknown): Found => {
  if (event === 'ping') return 'a ping';
  const read = meantBy(EVENTS, event);
  if (read === undefined) return `${nowhere(event)}, which says nothing about a service`;
  return isFields(at(json, event)) ? read(json) : undefined;
};

const readGithub = (request: AlertRequest): AlertReading | undefined => {
  const event = eventOf(request);
  const found = event === undefined || !isFields(request.json) ? undefined : foundIn(event, request.json);
  if (found === undefined) return undefined;
  return {
    ...(typeof found === 'string' ? { reports: [], note: found } : { reports: [found] }),
    ...eventIdOf(request.headers['x-github-delivery']),
  };
};

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
const isSigned = ({ request: { headers, body }, secrets }: SignedRequest): boolean => {
  const given = /^sha256=([0-9a-f]{64})$/.exec(headers['x-hub-signature-256'] ?? '')?.[1] ?? '';
  return isHmac({ secrets, signed: [body], encoding: 'hex', given: [given] });
};

/** GitHub's webhooks: workflows and checks of the default branch, and deployments. */
export const github: Source = {
  source: 'github',
  summary: 'GitHub webhooks: `workflow_run`, `check_run`, `deployment_status`',
  isSigned,
  read: readGithub,
};
