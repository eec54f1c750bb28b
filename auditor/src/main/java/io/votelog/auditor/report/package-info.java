/**
 * What an audit tells its user: steps with their outcomes, progress, and why it cannot be run. The checks themselves
 * are in {@code replay}, {@code compare} and {@code verify}.
 */
@NullMarked
package io.votelog.auditor.report;

import org.jspecify.annotations.NullMarked;
