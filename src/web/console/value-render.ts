import { html } from '../html.ts';
import type { ValueAsked } from './ports.ts';
import { sheet } from './sign-in-render.ts';

/** The one-time form for a value that a change waits for; the value is never shown again, not even here. */
export const valuePage = (asked: ValueAsked, viewer: string): string =>
  sheet(
    `A value for ${asked.name}`,
    html`<p>${asked.change} writes <code>${asked.name}</code> of <strong>${asked.subject}</strong>. The value goes straight to the target: no chat, log or record sees it.</p>
<form method="post" action="/values/${asked.change}" autocomplete="off"><input type="hidden" name="as" value="${viewer}">
<label class="words"><span>${asked.name}</span><input type="password" name="value" required maxlength="8192" autocomplete="off" spellcheck="false" autofocus></label>
<div class="actions"><a class="button plain" href="/">Back</a><button class="button primary">Write it</button></div></form>`,
  );
