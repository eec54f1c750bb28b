/** What a request is refused with, as a problem document (RFC 9457), whichever server tells it. */
@NullMarked
package io.votelog.producer.problem;

import org.jspecify.annotations.NullMarked;
