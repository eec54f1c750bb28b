// SPDX-License-Identifier: Apache-2.0
/** Prometheus as a process of this machine, with the rules of infra/observability, over instances of this machine. */
@NullMarked
package io.votelog.infra.system.observe;

import org.jspecify.annotations.NullMarked;
