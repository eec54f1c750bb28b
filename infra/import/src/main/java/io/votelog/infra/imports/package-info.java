/** Takes over votes that were cast elsewhere: makes a ballot of a file, casts its votes at a gateway, and compares what was counted with what the file publishes. */
@NullMarked
package io.votelog.infra.imports;

import org.jspecify.annotations.NullMarked;
