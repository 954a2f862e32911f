package org.pyramidspark.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pyramidspark.config.Device;
import org.pyramidspark.config.MatMulDevice;
import org.pyramidspark.errors.InvalidInputException;
import org.pyramidspark.metrics.Machine;

class DeviceChoiceTest {
  @ParameterizedTest
  @CsvSource({
    "AUTO, 7, true, GPU 7",
    "AUTO, 7, false, CPU 0",
    "AUTO, , true, CPU 0",
    "CPU, 7, true, CPU 0",
    "GPU, 7, true, GPU 7",
    "GPU, , true, GPU 0",
  })
  void anAssignedGpuIsTakenWhereItCanBe(
      Device wanted, String assigned, boolean haveNatives, String chosen) {
    assertThat(DeviceChoice.of(wanted, Optional.ofNullable(assigned), haveNatives))
        .hasToString(chosen);
  }

  @Test
  void withoutNativesAGpuThatIsWantedIsRefused() {
    assertThatThrownBy(() -> DeviceChoice.of(Device.GPU, Optional.of("7"), false))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(Machine.here().host(), "build --gpu", "--device cpu");
  }

  @Test
  void aGpuThatTensorFlowDoesNotSeeIsRefused() {
    assertThatThrownBy(() -> DeviceChoice.check(MatMulDevice.gpu("99")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll(
            "GPU 99 cannot be used on host " + Machine.here().host(), "nvidia-smi");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"2 | | 2", "2 | 0,2 | 1", "2 | 2 | 0", "0 | 4,5 | 0", "1 | GPU-aa,GPU-bb | 1"})
  void anAddressIsCountedAmongTheGpusThatCudaShows(
      String address, String cudaVisible, String visible) {
    assertThat(new GpuAssignment(List.of(address)).visibleDevice(cudaVisible)).contains(visible);
  }

  @Test
  void anAddressThatIsNoNumberIsRefused() {
    assertThatThrownBy(() -> new GpuAssignment(List.of("GPU-aa")).visibleDevice(null))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContainingAll("GPU-aa", Machine.here().host());
  }
}
