import type { CheckKind } from './check.ts';
import { containerCheckKind } from './container.ts';
import { httpCheckKind } from './http.ts';
import { systemdCheckKind } from './systemd.ts';
import { tcpCheckKind } from './tcp.ts';
import { tlsCheckKind } from './tls.ts';

/** Every kind of check a service file may name. */
export const checkKinds: readonly CheckKind[] = [
  httpCheckKind,
  tcpCheckKind,
  tlsCheckKind,
  systemdCheckKind,
  containerCheckKind,
];
