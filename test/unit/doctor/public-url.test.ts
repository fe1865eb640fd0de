import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentFrom } from '../../../config/environment.ts';
import { callers, diagnosePublicUrl } from '../../../src/doctor/public-url.ts';

const environmentOf = (variables: Readonly<Record<string, string>>) => {
  const read = environmentFrom(variables);
  if (read.kind !== 'succeeded') throw new Error(read.message);
  return read.value;
};
const HTTP = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'x' };

describe('PUBLIC_URL, where a platform calls it', () => {
  let server: Server;
  let status = 200;
  let url = '';
  beforeEach(async () => {
    server = createServer((request, response) =>
      response.writeHead(request.url === '/healthz' ? status : 404).end(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : '';
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is asked only then', () => {
    expect(callers(environmentOf({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }))).toEqual([]);
    expect(callers(environmentOf(HTTP))).toEqual(['Slack']);
  });

  it('must be set, lead somewhere, and to a bot that runs', async () => {
    const verdict = async (variables: Readonly<Record<string, string>>) => {
      const [found] = await diagnosePublicUrl(environmentOf({ ...HTTP, ...variables }));
      return `${found?.verdict}: ${found?.text}`;
    };
    expect(await verdict({})).toBe('doubtful: PUBLIC_URL is not set, and Slack must call it');
    expect(await verdict({ PUBLIC_URL: url })).toBe(
      `good: ${url} leads to a Botswain that runs, as seen from here`,
    );
    status = 502;
    expect(await verdict({ PUBLIC_URL: url })).toMatch(
      /^doubtful: .*\/healthz: it answers with 502, so that Slack could not/,
    );
    await new Promise((resolve) => server.close(resolve));
    expect(await verdict({ PUBLIC_URL: url })).toMatch(/^doubtful: .*(refused|closed)/);
  });
});
