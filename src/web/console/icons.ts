import type { Tone } from '../../domain/message.ts';
import { EMPTY, type Html, html } from '../html.ts';

/** Shapes differ as much as colours do, so that neither is needed to tell them apart. */
const SHAPES: Readonly<Record<string, Html>> = {
  neutral: html`<circle cx="8" cy="8" r="3"/>`,
  waiting: html`<path d="M4.5 2.5h7M4.5 13.5h7M5.5 2.5v2.2L8 8l-2.5 3.3v2.2M10.5 2.5v2.2L8 8l2.5 3.3v2.2"/>`,
  running: html`<path d="M13.5 8A5.5 5.5 0 1 1 8 2.5"/>`,
  good: html`<circle cx="8" cy="8" r="6.2"/><path d="m5.3 8.2 2 2 3.5-4.2"/>`,
  warning: html`<path d="M8 2 14.5 13.5h-13zM8 6.3v3.2M8 11.4v.3"/>`,
  bad: html`<path d="M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4"/>`,
  unknown: html`<circle cx="8" cy="8" r="6.2" stroke-dasharray="2.6 2.2"/><path d="M6.2 6.4c.2-2.2 3.7-2.1 3.6.1 0 1.3-1.8 1.4-1.8 2.6M8 11.2v.3"/>`,
  private: html`<path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8zM2.5 13.5l11-11"/>`,
  file: html`<path d="M4 1.8h5l3.2 3.2v9.2H4zM9 1.8V5h3.2M6 8.5h4M6 11h4"/>`,
  reply: html`<path d="M6 4 2.5 7.5 6 11M2.8 7.5h6.4c2.4 0 4.3 1.6 4.3 4.5"/>`,
};

/** Names of the icons in {@link SPRITE}. */
export type IconName = Tone | 'private' | 'file' | 'reply';

/** All icons once; stands at the top of a page. */
export const SPRITE: Html = html`<svg class="sprite" aria-hidden="true">${Object.entries(SHAPES).map(
  ([name, shape]) => html`<symbol id="i-${name}" viewBox="0 0 16 16">${shape}</symbol>`,
)}</svg>`;

/** A decorative icon; a word always stands beside it. */
export const icon = (name: IconName): Html =>
  html`<svg class="icon icon-${name}" aria-hidden="true"><use href="#i-${name}"/></svg>`;

/** The word for a tone where a message brings none of its own. */
export const TONE_WORDS: Readonly<Record<Tone, string>> = {
  neutral: '',
  waiting: 'waiting',
  running: 'running',
  good: 'good',
  warning: 'warning',
  bad: 'bad',
  unknown: 'unknown',
};

/** Icon with a word for those who only listen. */
export const spokenIcon = (tone: Tone): Html =>
  html`${icon(tone)}${TONE_WORDS[tone] === '' ? EMPTY : html`<span class="spoken">${TONE_WORDS[tone]}: </span>`}`;
