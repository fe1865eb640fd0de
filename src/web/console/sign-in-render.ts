import { EMPTY, type Html, html } from '../html.ts';
import type { Redeemed } from '../sign-ins.ts';
import { documentOf } from './page-render.ts';
import type { Viewer } from './ports.ts';

/** A page with one thing on it. */
export const sheet = (title: string, inside: Html, head: Html = EMPTY): string =>
  documentOf({
    title: `${title} · Botswain`,
    head,
    body: html`<body class="plain-page"><main class="sheet"><p class="brand">Botswain</p><h1>${title}</h1>${inside}</main></body>`,
  });

/** The page behind a sign-in link; only its button uses the link, so that previews of the link don't. */
export function signInPage(token: string, already: Viewer | undefined): string {
  const note =
    already === undefined
      ? html`<p>This browser will stay signed in for up to 12 hours without use, at most 7 days.</p>`
      : html`<p>You are signed in as <strong>${already.name}</strong> already. <a href="/">Go to the console</a>, or use this link instead:</p>`;
  return sheet(
    'Sign in to the console',
    html`${note}<form method="post" action="/sign-in"><input type="hidden" name="token" value="${token}"><button class="button primary" autofocus>Sign in</button></form>`,
  );
}

const REFUSALS: Readonly<Record<Extract<Redeemed, { kind: 'refused' }>['why'], string>> = {
  unknown: 'This link isn’t known here. It may be cut off, or made by another Botswain.',
  expired: 'This link is older than 24 hours and has expired.',
  'used elsewhere':
    'This link was already used in another browser. If that wasn’t you, tell the others: somebody may be signed in as you.',
};

/** Why a link did not sign anybody in, and what to do. */
export const refusedPage = (why: keyof typeof REFUSALS, howToSignIn: string): string =>
  sheet('This link doesn’t work', html`<p>${REFUSALS[why]}</p><p>${howToSignIn}</p>`);

/** What somebody sees who isn't signed in. */
export const signedOutPage = (howToSignIn: string): string =>
  sheet(
    'You’re not signed in',
    html`<p>The console opens with a personal sign-in link.</p><p>${howToSignIn}</p>`,
  );

/** Comes back to the same address from our own site: browsers hold SameSite=Strict cookies back on links from elsewhere. */
export const comeAgainPage = (path: string): string =>
  sheet(
    'Opening the console',
    html`<p><a href="${path}">Continue</a></p>`,
    html`<meta http-equiv="refresh" content="0;url=${path}">`,
  );

/** A page that only says something, for browsers without script. */
export const wordsPage = (title: string, words: readonly string[]): string =>
  sheet(title, html`${words.map((line) => html`<p>${line}</p>`)}<p><a href="/">Back to the console</a></p>`);

/** A button that asks first, for browsers without script. */
export const confirmPage = (question: string, fields: Readonly<Record<string, string>>): string =>
  sheet(
    'Are you sure?',
    html`<p>${question}</p><p class="typed">Types <code>${fields.line}</code></p><form method="post" action="/press" class="actions">
${Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<input type="hidden" name="confirmed" value="yes"><a class="button plain" href="/">Back</a><button class="button danger">Yes, do it</button></form>`,
  );
