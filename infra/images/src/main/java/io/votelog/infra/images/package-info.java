/**
 * Makes container images of both apps and the auditor: a Java runtime, libraries, Votelog's own jars, and what the JVM prepares of a start
 * in a run that is recorded. Needs no engine, and no registry unless a base is taken from one.
 */
@NullMarked
package io.votelog.infra.images;

import org.jspecify.annotations.NullMarked;
