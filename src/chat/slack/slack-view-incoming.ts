import { z } from 'zod';
import { actorOf, Context } from './slack-incoming.ts';
import type { Actor } from './slack-people.ts';
import { type Filled, parseFilled } from './slack-picker-line.ts';

/** Where a picker was opened and how far it has got; it travels in the modal, so a restart loses nothing. */
export interface Where {
  readonly channel: string;
  /** The handle by which whoever opened it is answered. */
  readonly handle?: string;
  readonly verb?: string;
  readonly service?: string;
  /** Address of the message that is attached to an incident; then the form is that of an attached message. */
  readonly link?: string;
}

/** A view as it was when somebody used it. */
export interface SeenView {
  readonly id: string;
  readonly hash: string;
  readonly type: 'modal' | 'home';
  /** Undefined when the view is none of ours, or of an earlier version. */
  readonly where: Where | undefined;
}

/** A button or menu that was used in a modal or on the home tab. */
export interface ViewAction {
  readonly deliveryId: string;
  readonly actor: Actor;
  readonly trigger: string;
  readonly view: SeenView;
  readonly action: string;
  readonly value: string;
}

/** A modal that was submitted. */
export interface Submission {
  readonly actor: Actor;
  readonly view: SeenView;
  readonly filled: Filled;
}

const WhereText = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('no JSON');
      return z.NEVER;
    }
  })
  .pipe(
    z.object({
      channel: z.string(),
      handle: z.string().optional(),
      verb: z.string().optional(),
      service: z.string().optional(),
      link: z.string().optional(),
    }),
  );

const User = z.object({ id: z.string(), name: z.string().optional(), team_id: z.string().optional() });
const View = z.object({
  id: z.string(),
  hash: z.string().default(''),
  type: z.enum(['modal', 'home']),
  private_metadata: z.string().default(''),
});

const Used = z.object({
  user: User,
  trigger_id: z.string().default(''),
  view: View,
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});

const Submitted = z.object({
  user: User,
  view: View.extend({ state: z.object({ values: z.unknown() }) }),
});

const whereIn = (metadata: string): Where | undefined => {
  const read = WhereText.safeParse(metadata);
  if (!read.success) return undefined;
  const { channel, handle, verb, service, link } = read.data;
  return {
    channel,
    ...(handle === undefined ? {} : { handle }),
    ...(verb === undefined ? {} : { verb }),
    ...(service === undefined ? {} : { service }),
    ...(link === undefined ? {} : { link }),
  };
};

const seen = ({ id, hash, type, private_metadata }: z.infer<typeof View>): SeenView => ({
  id,
  hash,
  type,
  where: whereIn(private_metadata),
});

const who = ({ id, name, team_id }: z.infer<typeof User>): Actor => actorOf(id, name, team_id);

/** Reads a button or menu of a view; undefined when it belongs to a message. */
export const parseViewAction = (body: unknown, context: unknown): ViewAction | undefined => {
  const used = Used.safeParse(body);
  const [action] = used.data?.actions ?? [];
  if (!used.success || action === undefined) return undefined;
  return {
    deliveryId: Context.parse(context).deliveryId,
    actor: who(used.data.user),
    trigger: used.data.trigger_id,
    view: seen(used.data.view),
    action: action.action_id,
    value: action.selected_option?.value ?? action.value ?? '',
  };
};

/** Reads a submitted modal; throws when it is none. */
export const parseSubmission = (body: unknown): Submission => {
  const { user, view } = Submitted.parse(body);
  return { actor: who(user), view: seen(view), filled: parseFilled(view.state.values) };
};
