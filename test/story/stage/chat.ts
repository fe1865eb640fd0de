import { readable } from '../../fakes/slack/content.ts';
import type { Card, Scene } from './scene.ts';

const ANA = 'U0ANA';
const OPS = 'C0OPS';

/** A host that builds images beside others is slow. */
export const PATIENCE_MS = 90_000;

/** How long a story on such a host may take. */
export const LONG = { timeout: 4 * PATIENCE_MS };

const ENDED = /\*(?:succeeded|failed|not verified|unknown|cancelled|voided|denied|expired)\*/;

/** Ana asks something; what stands in the channel then, or is told to her alone. */
export async function answered({ scene }: { readonly scene: Scene }, line: string): Promise<string> {
  const before = [scene.slack.messages(OPS).length, scene.slack.ephemerals(ANA).length] as const;
  await scene.types(ANA, line);
  const found = await scene.slack.until(() => {
    const said = [
      ...scene.slack.messages(OPS).slice(before[0]),
      ...scene.slack.ephemerals(ANA).slice(before[1]),
    ];
    return said.find(({ look }) => !/Working on it/.test(readable(look)));
  }, PATIENCE_MS);
  return readable(found.look);
}

/** How a card reads once its change has ended. */
export const ended = (scene: Scene, card: Card): Promise<string> => scene.shows(card, ENDED, PATIENCE_MS);

/** Ana asks for a change that nobody is asked about: its card, and how it reads in the end. */
export async function done(
  { scene }: { readonly scene: Scene },
  line: string,
): Promise<{ readonly card: Card; readonly text: string }> {
  const card = await scene.requests(line);
  return { card, text: await ended(scene, card) };
}
