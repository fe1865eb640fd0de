import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Complaint, complaintsOfCall, complaintsOfResult } from './bot-api.ts';
import { type FaultKind, scriptedRefusal } from './faults.ts';
import {
  answerCallbackQuery,
  deleteMyCommands,
  getChat,
  getMe,
  getUpdates,
  sendChatAction,
  setMyCommands,
} from './methods-bot.ts';
import { deleteMessage, editMessageReplyMarkup, editMessageText } from './methods-edit.ts';
import { getChatMember } from './methods-member.ts';
import { createForumTopic, sendDocument, sendMessage } from './methods-send.ts';
import { deleteWebhook, getWebhookInfo, setWebhook } from './methods-webhook.ts';
import { numberOf, readArguments, readBody } from './request-body.ts';
import type { Method, ServerState } from './server-state.ts';
import { type CallArguments, type MethodResult, refuse } from './wire-types.ts';

const METHODS: ReadonlyMap<string, Method> = new Map([
  ['getme', getMe],
  ['getupdates', getUpdates],
  ['sendmessage', sendMessage],
  ['senddocument', sendDocument],
  ['editmessagetext', editMessageText],
  ['editmessagereplymarkup', editMessageReplyMarkup],
  ['deletemessage', deleteMessage],
  ['answercallbackquery', answerCallbackQuery],
  ['setmycommands', setMyCommands],
  ['deletemycommands', deleteMyCommands],
  ['getchat', getChat],
  ['getchatmember', getChatMember],
  ['sendchataction', sendChatAction],
  ['setwebhook', setWebhook],
  ['deletewebhook', deleteWebhook],
  ['getwebhookinfo', getWebhookInfo],
  ['createforumtopic', createForumTopic],
]);

/** A call as it arrived, for assertions on the wire. */
export interface RecordedCall {
  readonly method: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
  readonly contentType: string;
  /** 0 while it runs or when the connection was cut. */
  code: number;
  /** What of it, or of its answer, is not as the published description has it. */
  complaints: readonly Complaint[];
}

/** What the HTTP side needs besides the state. */
export interface WireSettings {
  readonly state: ServerState;
  readonly token: () => string;
  readonly record: (call: RecordedCall) => void;
}

/** The Bot API over plain HTTP: `/bot<token>/<method>`, any case, GET or POST. */
export function createWire(settings: WireSettings): Server {
  return createServer((request, response) => {
    serve(settings, request, response).catch(() => response.destroy());
  });
}

async function serve(
  settings: WireSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const [, token, name] = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname) ?? [];
  const body = await readBody(request);
  if (name === undefined) return send(response, refuse(404, 'Not Found'));
  if (token !== settings.token()) return send(response, refuse(401, 'Unauthorized'));
  const contentType = request.headers['content-type'] ?? '';
  const args = readArguments(contentType, body, url.searchParams);
  const call: RecordedCall = {
    method: name,
    values: args.values,
    files: [...args.files.values()].map((file) => file.name),
    contentType: contentType.split(';')[0] ?? '',
    code: 0,
    complaints: [],
  };
  call.complaints = complaintsOfCall(name, call.values, call.files);
  settings.record(call);
  await perform(settings.state, { call, args }, response);
}

interface Running {
  readonly call: RecordedCall;
  readonly args: CallArguments;
}

async function perform(state: ServerState, running: Running, response: ServerResponse): Promise<void> {
  const method = running.call.method.toLowerCase();
  const chat = numberOf(running.args.values.chat_id);
  const fault = state.faults.take(method, chat);
  if (fault && fault.kind !== 'cut after') return misbehave(fault, running.call, response);
  const result = state.faults.book(method, chat) ?? (await invoke(state, running, response));
  if (fault) response.destroy();
  else finish(running.call, result, response);
}

function invoke(state: ServerState, running: Running, response: ServerResponse) {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const method = METHODS.get(running.call.method.toLowerCase());
  return method ? method(state, running.args, gone.signal) : refuse(404, 'Not Found: method not found');
}

function misbehave(fault: FaultKind, call: RecordedCall, response: ServerResponse): void {
  if (fault.kind === 'refuse') finish(call, scriptedRefusal(fault), response);
  if (fault.kind === 'cut before') response.destroy();
  if (fault.kind === 'bad gateway')
    response.writeHead(502, { 'content-type': 'text/html' }).end('<html><h1>502 Bad Gateway</h1></html>');
}

function finish(call: RecordedCall, result: MethodResult, response: ServerResponse): void {
  call.code = result.kind === 'ok' ? 200 : result.code;
  if (result.kind === 'ok')
    call.complaints = [...call.complaints, ...complaintsOfResult(call.method, result.result)];
  send(response, result);
}

function send(response: ServerResponse, result: MethodResult): void {
  const { code, body } =
    result.kind === 'ok'
      ? { code: 200, body: { ok: true, result: result.result } }
      : {
          code: result.code,
          body: {
            ok: false,
            error_code: result.code,
            description: result.description,
            ...(result.parameters ? { parameters: result.parameters } : {}),
          },
        };
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
