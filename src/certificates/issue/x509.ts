// tsyringe, inside @peculiar/x509, needs it before anything else.
import 'reflect-metadata';
import * as library from '@peculiar/x509';

/**
 * The library that issues certificates, loaded when the first one is issued: it costs 30 MB of memory (measured), and
 * most replicas never need it. A module of its own because a bundler gives a package that is imported late another
 * shape than a module.
 */
export const x509 = library;
