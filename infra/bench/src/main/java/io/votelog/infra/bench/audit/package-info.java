/** The auditor's replay on a log that is made for it. */
@NullMarked
package io.votelog.infra.bench.audit;

import org.jspecify.annotations.NullMarked;
