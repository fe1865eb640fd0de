import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readRequest } from '../errors.ts';
import type { ConsolePorts, Viewer } from './ports.ts';
import { refuse, sendPage } from './request.ts';
import { comeAgainPage, signedOutPage, wordsPage } from './sign-in-render.ts';
import { viewerOf } from './sign-in-routes.ts';
import { valuePage } from './value-render.ts';

const ChangeId = z.object({ id: z.string().regex(/^C-\d{1,9}$/i) });
const Given = z.object({ value: z.string().min(1).max(8192), as: z.string() });

const nothingWaits = (id: string) => ({
  status: 404,
  message: `${id} waits for no value of yours.`,
  remedy: 'It may have been given already, or its time is over; look at its card.',
});

/** The one-time form for a value that must come through no chat. */
export function mountValues(server: FastifyInstance, ports: ConsolePorts): void {
  const signedIn =
    (answer: (viewer: Viewer, request: FastifyRequest, reply: FastifyReply) => unknown) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      const viewer = await viewerOf(ports, request);
      if (viewer !== undefined) return answer(viewer, request, reply);
      if (request.method === 'GET' && request.headers['sec-fetch-site'] === 'cross-site')
        return sendPage(reply, comeAgainPage(request.url));
      return sendPage(reply.code(401), signedOutPage(ports.howToSignIn));
    };

  server.get(
    '/values/:id',
    signedIn((viewer, request, reply) => {
      const id = readRequest(ChangeId, request.params).id.toUpperCase();
      const asked = ports.values.wanted(id, viewer.key);
      return asked === undefined
        ? refuse(request, reply, nothingWaits(id))
        : sendPage(reply, valuePage(asked, viewer.key));
    }),
  );
  server.post(
    '/values/:id',
    signedIn((viewer, request, reply) => {
      const id = readRequest(ChangeId, request.params).id.toUpperCase();
      const { data } = Given.safeParse(request.body);
      if (data === undefined || data.as !== viewer.key)
        return refuse(request, reply, {
          status: 400,
          message: 'No value came, or the browser is signed in as somebody else by now; nothing was written.',
          remedy: 'Open the form again.',
        });
      const given = ports.values.give(id, viewer.key, data.value);
      if (given.kind !== 'succeeded') return refuse(request, reply, nothingWaits(id));
      return sendPage(
        reply,
        wordsPage('It is on its way', [
          `${id} goes on with it; its card says when ${given.value.name} is written.`,
        ]),
      );
    }),
  );
}
