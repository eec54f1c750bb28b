// SPDX-License-Identifier: Apache-2.0
/**
 * A system that keeps strangers out: certificates, a user of Kafka for each part, and what each may do. Its secrets are made once and kept
 * in files that their owner alone may read.
 */
@NullMarked
package io.votelog.infra.system.secure;

import org.jspecify.annotations.NullMarked;
