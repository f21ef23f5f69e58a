#!/usr/bin/env node
import { main } from '../dist/assay.js';

process.exitCode = await main(process.argv.slice(2));
