import { z } from 'zod';
import { type PlacedEnvFile, VARIABLE_NAME } from '../src/domain/env-file.ts';
import { line, name } from './fields.ts';
import type { ServiceHere } from './place.ts';

const variable = z.string().regex(VARIABLE_NAME, {
  error: (issue) =>
    `${JSON.stringify(issue.input)} is not a name of an environment variable\nuse letters, digits and "_"`,
});

/** What a service file says under `env_file`. */
export const envFileSetting = z
  .strictObject({
    path: z
      .string()
      .startsWith('/', 'not an absolute path\nwrite it from the root on: /opt/karmabot/.env')
      .describe('the file on the target: `NAME=value` a line'),
    component: name.describe('the component whose target it is on'),
    sudo: z.boolean().default(false).describe('read and write it through `sudo -n`'),
    user: name.optional().describe('read and write it as this account, through `sudo -n -u`'),
    required: z
      .record(variable, line)
      .default({})
      .describe('variables that must be there, each with what it is for; `config` names the missing'),
    afterwards: z
      .record(name, z.enum(['restart', 'recreate']))
      .default({})
      .describe('what happens to components once it has changed: `{ app: recreate }`'),
  })
  .optional()
  .describe('the file that holds its environment variables; their values are never shown');

/** Puts `env_file` of a service's file into the shape the program works with. */
export const placeEnvFile = ({ value }: ServiceHere): PlacedEnvFile | undefined => {
  if (value.env_file === undefined) return undefined;
  const { path, component, sudo, user, required, afterwards } = value.env_file;
  return {
    path,
    component,
    sudo,
    ...(user === undefined ? {} : { user }),
    required,
    afterwards: Object.entries(afterwards).map(([each, action]) => ({ component: each, action })),
  };
};
