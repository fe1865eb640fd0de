import { commands } from '../commands/registry.ts';
import { checkKinds } from '../src/checks/registry.ts';
import { componentKinds } from '../src/components/registry.ts';
import { readLine } from '../src/dispatch/read-line.ts';
import { executorKinds } from '../src/executors/registry.ts';
import { sources } from '../src/intake/registry.ts';
import type { Registries } from './schema.ts';

/** Every kind there is; importing this loads the SDKs behind them. */
export const registries: Registries = {
  executors: executorKinds,
  components: componentKinds,
  checks: checkKinds,
  sources,
  readLine: (line, configuration) => readLine(line, commands, { configuration }),
  verbs: commands.map((command) => ({
    name: command.name,
    risk: command.kind === 'chosen' ? command.gravest : command.risk,
  })),
};
