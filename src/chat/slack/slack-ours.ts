import { z } from 'zod';

/** The parts of a payload that say which installation it is for. */
const Addressed = z.object({
  api_app_id: z.string().optional(),
  type: z.string().optional(),
  team_id: z.string().nullish(),
  context_team_id: z.string().nullish(),
  authorizations: z.array(z.object({ team_id: z.string().nullish() })).optional(),
});

/** Which installation we are; `app` is absent where Slack did not tell. */
export interface Installation {
  readonly team: string;
  readonly app?: string;
}

/**
 * Why a payload is not meant for this installation, or undefined when it is. One app can be installed in several
 * workspaces, which share its tokens' app and its signing secret. Who types or presses from another workspace is let
 * through here: that person is a stranger, and is refused in words.
 */
export const whyNotOurs = (body: unknown, ours: Installation): string | undefined => {
  const read = Addressed.safeParse(body);
  if (!read.success) return 'its addressee cannot be read';
  const { api_app_id, type, team_id, context_team_id, authorizations = [] } = read.data;
  if (api_app_id !== undefined && ours.app !== undefined && api_app_id !== ours.app)
    return `it is for the app ${api_app_id}, and we are ${ours.app}`;
  if (type !== 'event_callback') return undefined;
  const teams = [team_id, context_team_id, ...authorizations.map((one) => one.team_id)].filter(
    (team) => typeof team === 'string',
  );
  return teams.length === 0 || teams.includes(ours.team)
    ? undefined
    : `it is for the workspace ${teams[0]}, and we are in ${ours.team}`;
};
