import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { newToken, SESSION_LIFE_MS } from '../sign-ins.ts';
import type { ConsolePorts, Viewer } from './ports.ts';
import { cookieName, refuse, sendPage, sessionToken } from './request.ts';
import { refusedPage, signInPage } from './sign-in-render.ts';

const Token = z.object({ token: z.string().max(200) });

/** Who is signed in with this request's cookie, if the configuration still knows them. */
export async function viewerOf(ports: ConsolePorts, request: FastifyRequest): Promise<Viewer | undefined> {
  const person = await ports.signIns.who(sessionToken(request));
  return person === undefined ? undefined : ports.person(person);
}

/** Signing in and out. */
export function mountSignIn(server: FastifyInstance, ports: ConsolePorts): void {
  server.get('/sign-in', async (request, reply) => {
    const { data } = Token.safeParse(request.query);
    const browser = cookieName('browser', request);
    // Lax, because the link is followed from elsewhere; it only tells this browser from another.
    if (request.cookies[browser] === undefined)
      reply.setCookie(browser, newToken(), { ...COOKIE, sameSite: 'lax' });
    return sendPage(reply, signInPage(data?.token ?? '', await viewerOf(ports, request)));
  });

  server.post('/sign-in', async (request, reply) => {
    const { data } = Token.safeParse(request.body);
    const browser = request.cookies[cookieName('browser', request)];
    if (browser === undefined) {
      return refuse(request, reply, {
        status: 400,
        message: 'This browser keeps no cookies, and signing in needs one.',
        remedy: 'Allow cookies for this address, then open the link again.',
      });
    }
    const redeemed = await ports.signIns.redeem(data?.token ?? '', browser);
    if (redeemed.kind === 'refused') {
      return sendPage(reply.code(403), refusedPage(redeemed.why, ports.howToSignIn));
    }
    reply.setCookie(cookieName('session', request), redeemed.sessionToken, { ...COOKIE, sameSite: 'strict' });
    ports.log('info', 'console signed in', { person: redeemed.person });
    return reply.redirect('/', 303);
  });

  server.post('/sign-out', async (request, reply) => {
    await ports.signIns.signOut(sessionToken(request));
    reply.clearCookie(cookieName('session', request), COOKIE);
    // Without the browser's mark the link it used opens nothing here any more.
    reply.clearCookie(cookieName('browser', request), COOKIE);
    return reply.redirect('/', 303);
  });
}

/** Not `Secure`: the console speaks plain HTTP on loopback, where Safari would drop such a cookie. */
const COOKIE = { path: '/', httpOnly: true, maxAge: SESSION_LIFE_MS / 1000 };
