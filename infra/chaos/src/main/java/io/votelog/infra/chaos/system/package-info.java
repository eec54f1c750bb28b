/** The system that is broken: three brokers with their controller, two of each app, a sealer and the auditor, all of them processes. */
@NullMarked
package io.votelog.infra.chaos.system;

import org.jspecify.annotations.NullMarked;
