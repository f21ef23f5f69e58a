import fc from 'fast-check';

// The same cases on every run, so that a change is judged by what it changed. ASSAY_SEED=$RANDOM looks further.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.ASSAY_SEED ?? 20261124) });
