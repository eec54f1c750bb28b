// SPDX-License-Identifier: Apache-2.0
package io.votelog.infra.bench.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapTest {
    @Test
    void shouldAddUpTheSpacesOfEachCollector() {
        assertThat(
                        Heap.usedKb(
                                """
                        4711:
                         garbage-first heap   total 102400K, used 31337K [0x00000000e8000000, 0x0000000100000000)
                          region size 1024K, 3 young (3072K), 1 survivors (1024K)
                         Metaspace       used 70000K, committed 70656K, reserved 1179648K
                          class space    used 9000K, committed 9280K, reserved 1048576K
                        """))
                .isEqualTo(31_337);
        assertThat(
                        Heap.usedKb(
                                """
                        4711:
                         def new generation   total 39296K, used 1000K [0x00000000e0000000, 0x00000000e2aa0000)
                         tenured generation   total 87424K, used 20500K [0x00000000eaaa0000, 0x00000000f0000000)
                         Metaspace       used 6000K, committed 6208K, reserved 1114112K
                        """))
                .isEqualTo(21_500);
    }
}
