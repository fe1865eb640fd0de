/** A line of a secret of several lines is looked for by itself from this length on. */
const SHORTEST_LINE = 20;

/** Every spelling in which a secret value is known to turn up in outputs. */
export function secretForms(value: string): readonly string[] {
  const trimmed = value.trim();
  return [value, trimmed, ...linesOf(trimmed)].flatMap((secret) => [
    secret,
    ...base64Forms(secret),
    ...hexForms(secret),
    ...urlForms(secret),
    jsonForm(secret),
    jsonForm(secret).replaceAll('/', '\\/'),
    jsonForm(jsonForm(secret)),
    asciiForm(jsonForm(secret)),
    ...htmlForms(secret),
  ]);
}

/** As it is by itself, and as it stands inside of a longer text that was encoded whole, at each of three alignments. */
function base64Forms(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const inside = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The first and last characters also carry bits of what stands around the secret.
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    return encoded.slice(first, end);
  });
  const standard = [bytes.toString('base64'), ...inside];
  return [...standard, ...standard.map(toUrlSafe), bytes.toString('base64url')];
}

const toUrlSafe = (encoded: string): string => encoded.replaceAll('+', '-').replaceAll('/', '_');

function hexForms(secret: string): readonly string[] {
  const hex = Buffer.from(secret, 'utf8').toString('hex');
  return [hex, hex.toUpperCase()];
}

/** Percent-encoded as encodeURIComponent does, as forms do, with lower-case digits, and with every mark encoded. */
function urlForms(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret.toWellFormed());
  const strict = encoded.replace(/[!'()*~]/g, percent);
  const forms = [encoded, strict, new URLSearchParams({ s: secret }).toString().slice(2)];
  return [...forms, ...forms.map(lowerDigits)];
}

const percent = (mark: string): string => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`;

const lowerDigits = (encoded: string): string =>
  encoded.replace(/%[0-9A-F]{2}/g, (coded) => coded.toLowerCase());

const jsonForm = (secret: string): string => JSON.stringify(secret).slice(1, -1);

/** JSON as Python and PHP write it: nothing but ASCII. */
const asciiForm = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** As an error page shows it; the apostrophe is written in three ways. */
function htmlForms(secret: string): readonly string[] {
  const escaped = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = escaped.replaceAll('"', '&quot;');
  return [escaped, quoted, ...['&#39;', '&#x27;', '&apos;'].map((mark) => quoted.replaceAll("'", mark))];
}

/** The lines of a key file, which `grep` or a cut output shows by themselves; not its header. */
function linesOf(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  if (lines.length < 2) return [];
  return lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
}
