import { z } from 'zod';
import type { ComponentKind } from './component.ts';
import { declaredOnly } from './declared/declared-only.ts';

const settings = z.strictObject({
  render_service: z.string().min(1).describe('Id or name of the service at Render: srv-…'),
});

/** A service at Render; declared only. */
export const renderKind: ComponentKind = {
  kind: 'render',
  summary: 'A service at Render (declared only: no executor yet)',
  calls: [],
  settings,
  bind(given, where) {
    settings.parse(given);
    return declaredOnly('render', where);
  },
};
