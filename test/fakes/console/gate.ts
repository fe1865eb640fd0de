import { createServer, connect as dial, type Server, type Socket } from 'node:net';

/** A stretch of network that can be cut: everything in both directions, open connections too. */
export async function openGate(url: string) {
  const { port } = new URL(url);
  const sockets = new Set<Socket>();
  let server: Server;
  const listen = (at: number) =>
    new Promise<number>((resolve) => {
      server = createServer((near) => {
        const far = dial(Number(port), '127.0.0.1');
        for (const socket of [near, far]) {
          sockets.add(socket);
          socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
        }
        near.pipe(far).pipe(near);
      });
      server.listen(at, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : at);
      });
    });
  const cut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const own = await listen(0);
  return { url: `http://127.0.0.1:${own}`, cut, mend: () => listen(own), close: cut };
}
