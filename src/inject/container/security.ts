import { objectOf, textListOf } from '../../json/json.ts';
import { exactWord, flag, integer, isGiven, list, mostInt32, needs, object, type Rule, text, word } from './shape.ts';
import { descendingProblem } from './texts.ts';

const id = integer(0, mostInt32);
const words = list(text(), '');

/** A profile of the node is named where it is meant, and nowhere else. */
const localhost: Rule = ({ type, localhostProfile }, path, report) => {
  const at = `${path}/localhostProfile`;
  if (type === 'Localhost') {
    if (!isGiven(localhostProfile) || localhostProfile === '') report(at, 'is needed with type Localhost');
  } else if (isGiven(localhostProfile)) report(at, 'goes with type Localhost only');
};

const profile = (problemOf?: (value: string) => string | undefined) =>
  object(
    { type: word('RuntimeDefault', 'Unconfined', 'Localhost'), localhostProfile: text(problemOf) },
    needs('type'),
    localhost,
  );

const escalation: Rule = ({ allowPrivilegeEscalation, privileged, capabilities }, path, report) => {
  if (allowPrivilegeEscalation !== false) return;
  const at = `${path}/allowPrivilegeEscalation`;
  if (privileged === true) report(at, 'cannot be false beside privileged: true');
  if (textListOf(objectOf(capabilities)?.add).includes('CAP_SYS_ADMIN'))
    report(at, 'cannot be false beside CAP_SYS_ADMIN');
};

export const securityContext = object(
  {
    allowPrivilegeEscalation: flag,
    privileged: flag,
    readOnlyRootFilesystem: flag,
    runAsNonRoot: flag,
    runAsUser: id,
    runAsGroup: id,
    procMount: exactWord('Default', 'Unmasked'),
    capabilities: object({ add: words, drop: words }),
    seLinuxOptions: object({ user: text(), role: text(), type: text(), level: text() }),
    seccompProfile: profile(descendingProblem),
    appArmorProfile: profile((value) => (value === value.trim() ? undefined : 'has spaces around it')),
    windowsOptions: object({
      gmsaCredentialSpec: text(),
      gmsaCredentialSpecName: text(),
      runAsUserName: text(),
      hostProcess: flag,
    }),
  },
  escalation,
);
