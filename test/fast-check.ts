import fc from 'fast-check';

// FC_SEED makes a run repeatable: CI sets it, so that it answers for the change and not for its luck. Every other run
// explores with a seed of its own, and prints it where a property fails.
const seed = Number(process.env.FC_SEED ?? Number.NaN);
if (Number.isSafeInteger(seed)) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
