import { describe } from 'vitest';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import { programExecutorContract } from './executor.ts';
import { portsFor } from './executor-ports.ts';
import { receiptContract } from './executor-receipts.ts';
import { bareHome, sshTarget } from './executor-ssh-target.ts';

describeWith(['sshd'], 'over a real sshd', (rig) => {
  describe('the ssh executor', () =>
    programExecutorContract(async () => {
      const sshd = await rig.startSshd({ config: bareHome });
      const receipts = `${sshd.dir}/receipts`;
      const target = sshTarget(sshd, { receipts });
      return { executor: sshKind.create(portsFor([target])), target, receipts };
    }));

  describe('the receipts of the ssh executor', () =>
    receiptContract(async () => {
      // The default place: the home of the account, which is another one here.
      const home = await rig.startSshd().then((sshd) => sshd.dir);
      const sshd = await rig.startSshd({ config: [`SetEnv HOME=${home}`] });
      const target = sshTarget(sshd);
      const receipts = `${home}/.botswain/receipts`;
      return { executor: sshKind.create(portsFor([target])), target, receipts };
    }));
});
