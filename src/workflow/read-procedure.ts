import { stripVTControlCharacters } from 'node:util';
import type { Answer } from '../chat/chat.ts';
import type { StepDraft } from '../components/component.ts';
import { componentKey, type Target } from '../domain/fleet.ts';
import type { Message, Part } from '../domain/message.ts';
import { type Outcome, succeeded } from '../domain/outcome.ts';
import { fillStep } from '../domain/procedure-words.ts';
import type { Fleet } from './fleet.ts';
import { allSucceeded } from './plan-action.ts';
import type { ProcedureRequest } from './plan-procedure.ts';
import { OUTPUT_CAP_BYTES } from './plan-steps.ts';
import { pieceOf } from './procedure-steps.ts';

/** Lines shown of a step: the first and the last. */
const HEAD_LINES = 12;
const TAIL_LINES = 12;

/** Characters that every platform shows inline. */
const INLINE_CHARACTERS = 2500;

interface Looked {
  readonly title: string;
  readonly text: string;
  readonly isFine: boolean;
}

const linesOf = (text: string): readonly string[] => text.split('\n');

/** The first and the last lines, shorter where several steps share the room. */
function inline(text: string, room: number): string {
  const lines = linesOf(text);
  const left = lines.length - HEAD_LINES - TAIL_LINES;
  const shown =
    left <= 0
      ? text
      : [...lines.slice(0, HEAD_LINES), `… ${left} lines, in the file …`, ...lines.slice(-TAIL_LINES)].join(
          '\n',
        );
  if (shown.length <= room) return shown;
  const half = Math.floor((room - 40) / 2);
  return `${shown.slice(0, half)}\n… more in the file …\n${shown.slice(-half)}`;
}

async function look(
  fleet: Fleet,
  target: Target,
  { draft, redact }: { readonly draft: StepDraft; readonly redact: (text: string) => string },
): Promise<Looked> {
  const { title, call, deadlineMs, acceptedCodes } = draft;
  const outcome = await fleet.read(target)(call, { deadlineMs, outputCapBytes: OUTPUT_CAP_BYTES });
  if (outcome.kind !== 'succeeded') return { title, text: outcome.message, isFine: false };
  const { code, stdout, stderr } = outcome.value;
  const isFine = acceptedCodes.includes(code);
  const said = [stdout, stderr].filter((text) => text.trim() !== '').join('\n');
  const printed = redact(stripVTControlCharacters(said)).trimEnd();
  const text = isFine
    ? printed
    : [`it ended with code ${code}`, printed].filter((line) => line !== '').join('\n');
  return { title, text, isFine };
}

function draw({ service, procedure }: ProcedureRequest, looked: readonly Looked[], count: number): Message {
  const isFine = looked.every((each) => each.isFine);
  const name = `${procedure.name} of ${service.name}@${service.environment}`;
  const room = Math.max(400, Math.floor(INLINE_CHARACTERS / looked.length));
  const parts = looked.map(
    ({ title, text }): Part =>
      text === ''
        ? { kind: 'text', text: `${title}: it printed nothing.` }
        : { kind: 'code', title, text: inline(text, room) },
  );
  const isCut = looked.some(({ text }) => inline(text, room) !== text);
  const whole = looked.map(({ title, text }) => `== ${title}\n${text}`).join('\n\n');
  const left = count - looked.length;
  const about =
    left === 0 ? procedure.title : `${procedure.title}; ${left} more were left out, because this one failed`;
  return {
    title: name.slice(0, 150),
    tone: isFine ? 'neutral' : 'bad',
    parts: [...parts, { kind: 'context', text: about }],
    actions: [],
    ...(isCut ? { file: { name: `${service.name}-${procedure.name}.txt`, text: whole } } : {}),
  };
}

/** Runs the steps of a procedure that only looks, in order up to the first that fails, and answers with what they print. */
export async function readProcedure(
  fleet: Fleet,
  request: ProcedureRequest & { readonly redact: (text: string) => string },
): Promise<Outcome<Answer>> {
  const { service, procedure, given, redact } = request;
  const home = { fleet, service };
  const pieces = allSucceeded(procedure.steps.map((step) => pieceOf(home, fillStep(step, given.values))));
  if (pieces.kind !== 'succeeded') return pieces;
  const steps = pieces.value.flatMap(({ target, drafts, placed }) =>
    drafts.map((draft) => {
      if (draft.effect !== 'read') throw new Error(`${componentKey(placed.ref)}: ${draft.title} is no read`);
      return { target, draft };
    }),
  );
  const looked: Looked[] = [];
  for (const { target, draft } of steps) {
    const each = await look(fleet, target, { draft, redact });
    looked.push(each);
    if (!each.isFine) break;
  }
  return succeeded({ audience: 'conversation', message: draw(request, looked, steps.length) });
}
