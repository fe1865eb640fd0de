import { callText } from './call-text.ts';
import { formatDuration } from './duration.ts';
import type { StepTemplate } from './procedure.ts';

/** What a step does, for people, with its placeholders. */
function doneText(step: StepTemplate): string {
  switch (step.kind) {
    case 'run': {
      const { argv, cwd, user, sudo } = step;
      const more = { ...(cwd === undefined ? {} : { cwd }), ...(user === undefined ? {} : { user }) };
      return callText({ kind: 'argv', argv, ...more, ...(sudo === true ? { sudo } : {}) });
    }
    case 'http':
      return `${step.request.method} ${step.request.url} on ${step.target}`;
    case 'person':
      return step.asks === 'go on'
        ? `somebody says whether it goes on: ${step.text}`
        : `by hand: ${step.text}`;
    case 'wait':
      return `wait ${formatDuration(step.ms)}`;
    case 'check':
      return `wait until ${step.checks.join(', ')} pass`;
    case 'backup':
      return `take the backup ${step.backup} and verify it`;
    default:
      return `${step.action} ${step.component}`;
  }
}

/** One line that says what a step does, its title first. */
export function stepText(step: StepTemplate): string {
  const done = doneText(step);
  const undo =
    (step.kind === 'run' || step.kind === 'http') && step.undo !== undefined ? ' (can be taken back)' : '';
  return `${step.title === undefined ? done : `${step.title}: ${done}`}${undo}`;
}
