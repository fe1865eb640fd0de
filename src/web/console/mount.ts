import { loadAssets } from '../assets.ts';
import type { Mount } from '../servers.ts';
import { mountPages } from './pages.ts';
import type { ConsolePorts } from './ports.ts';
import { mountSignIn } from './sign-in-routes.ts';
import { mountValues } from './values.ts';
import { mountWrites } from './writes.ts';

/** Every route of the console, for {@link ../servers.ts} createConsoleServer. */
export function mountConsole(ports: ConsolePorts): Mount {
  const assets = loadAssets();
  return async (server) => {
    await assets.mount(server);
    mountSignIn(server, ports);
    mountPages(server, { ports, version: assets.version });
    mountWrites(server, ports);
    mountValues(server, ports);
  };
}
